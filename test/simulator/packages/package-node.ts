// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SimulatedMachine } from '../../../src/simulator/host/simulated-machine.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';

/** The words before the command of an `apt-get` that asks nothing. */
export const APT = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '--no-install-recommends'] as const;

interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A node whose programs answer directly. */
export interface PackageNode {
  readonly node: SimulatedNode;
  readonly machine: SimulatedMachine;
  run(...argv: readonly string[]): Promise<Answer>;
  /** What it prints, or the error of the test. */
  must(...argv: readonly string[]): Promise<string>;
  /** The kernel that runs. */
  release(): string;
}

/** A simulated node for tests of its packages. */
export function packageNode(profile: Profile): PackageNode {
  const node = createSimulatedNode(profile);
  const { machine } = node;
  const run = async (...argv: readonly string[]) => await machine.run(argv);
  const must = async (...argv: readonly string[]) => {
    const answer = await run(...argv);
    if (answer.exitCode !== 0) throw new Error(`${argv.join(' ')} exits ${answer.exitCode}: ${answer.stdout}${answer.stderr}`);
    return answer.stdout + answer.stderr;
  };
  return { node, machine, run, must, release: () => machine.tree.text('/proc/sys/kernel/osrelease')?.trim() ?? '' };
}
