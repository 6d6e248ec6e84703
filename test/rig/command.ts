// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseArgs } from 'node:util';
import { buildRig } from './build/build-rig.ts';
import { whyNot } from './build/debian-mirror.ts';
import { takeFolder } from './build/workspace.ts';
import type { BootMode, Identity } from './machine/shape.ts';
import { VirtualMachine } from './machine/virtual-machine.ts';

const USAGE = `node test/rig/rig.mjs build
node test/rig/rig.mjs run [--mode fast|systemd] [--device 46a6] [--card igb|56c0] [--display] [--no-iommu] [--udev]
                          [--append 'k=v'] [--timeout SECONDS] 'shell command'`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mode: { type: 'string', default: 'fast' },
    device: { type: 'string', default: '46a6' },
    card: { type: 'string' },
    display: { type: 'boolean', default: false },
    'no-iommu': { type: 'boolean', default: false },
    udev: { type: 'boolean', default: false },
    append: { type: 'string', default: '' },
    timeout: { type: 'string', default: '300' },
  },
});

const reason = whyNot();
if (reason !== undefined) {
  console.error(`The rig cannot be built here: ${reason}.`);
  process.exit(7);
}
const release = takeFolder();
const start = Date.now();
try {
  await buildRig((line) => console.error(line));
  const [verb, command] = positionals;
  if (verb === 'run' && command !== undefined) process.exitCode = await run(command);
  else if (verb === 'build') console.error(`rig: ready after ${((Date.now() - start) / 1000).toFixed(1)} s`);
  else {
    console.error(USAGE);
    process.exitCode = 2;
  }
} finally {
  release();
}

async function run(command: string): Promise<number> {
  const card: 'igb' | Identity | undefined =
    values.card === undefined || values.card === 'igb'
      ? values.card
      : { device: Number.parseInt(values.card, 16), class: 0x038000 };
  const machine = await VirtualMachine.start({
    mode: values.mode as BootMode,
    gpu: { device: Number.parseInt(values.device, 16) },
    ...(card === undefined ? {} : { card }),
    otherDisplay: values.display,
    iommu: !values['no-iommu'],
    udev: values.udev,
    append: values.append,
  });
  console.error(`rig: agent after ${machine.bootSeconds.toFixed(1)} s`);
  const begin = Date.now();
  const answer = await machine.shell(command, { timeoutMs: Number(values.timeout) * 1000 });
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  console.error(`rig: exit ${answer.code} after ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  await machine.kill();
  return answer.code;
}
