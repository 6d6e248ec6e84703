// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SimulatedKernel } from '../kernel/kernel.ts';
import type { Program, ProgramAnswer } from '../machine.ts';

/** Thrown for a program or an argument that the simulated node does not know: the product must not call it. */
export class UnknownCall extends Error {
  constructor(argv: readonly string[]) {
    super(`the simulated node has no "${argv.join(' ')}"`);
    this.name = 'UnknownCall';
  }
}

/** Thrown for a program whose package is not installed: it cannot be started. */
export class NotInstalled extends Error {
  constructor(program: string) {
    super(`${program} is not installed on the simulated node`);
    this.name = 'NotInstalled';
  }
}

/** The programs of the base system, over the kernel that runs now. Only the calls that the product makes exist. */
export function basePrograms(kernel: () => SimulatedKernel): { readonly [name: string]: Program } {
  return {
    dmesg: async (_machine, argv) => {
      if (argv.length > 1) throw new UnknownCall(argv);
      return answer(kernel().logText());
    },
    uname: async (_machine, argv) => {
      if (argv.length !== 2 || argv[1] !== '-r') throw new UnknownCall(argv);
      return answer(`${kernel().state.release}\n`);
    },
    modprobe: async (_machine, argv) => {
      const [, name] = argv;
      if (name === undefined || argv.length > 2 || name.startsWith('-')) throw new UnknownCall(argv);
      const errno = kernel().modprobe(name);
      if (errno === 'ok') return answer('');
      if (errno === 'ENOENT')
        return {
          exitCode: 1,
          stdout: '',
          stderr: `modprobe: FATAL: Module ${name} not found in directory /lib/modules/${kernel().state.release}\n`,
        };
      return { exitCode: 1, stdout: '', stderr: `modprobe: ERROR: could not insert '${name}': ${MESSAGES[errno] ?? errno}\n` };
    },
  };
}

const MESSAGES: { readonly [errno: string]: string } = {
  EPERM: 'Operation not permitted',
  EINVAL: 'Invalid argument',
  ENODEV: 'No such device',
  EKEYREJECTED: 'Key was rejected by service',
};

function answer(stdout: string): ProgramAnswer {
  return { exitCode: 0, stdout, stderr: '' };
}
