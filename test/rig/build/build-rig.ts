// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeInitrd, writeKernel } from './boot-files.ts';
import { customise } from './customise.ts';
import { writeDiskImage } from './disk-image.ts';
import { buildKernelModules, kernelModulesKey } from './kernel-modules.ts';
import { buildRootTree } from './root-tree.ts';
import { digest, inRig, isBuilt, markBuilt, unmark } from './workspace.ts';

/** How long each stage took, in seconds; a stage that was there takes next to nothing. */
export type BuildTimes = readonly { readonly stage: string; readonly seconds: number }[];

/** Builds what is missing of the rig: root tree, kernel modules, disk image with kernel and initrd. */
export async function buildRig(say: (line: string) => void): Promise<BuildTimes> {
  const log = inRig('build.log');
  for (const folder of ['share', 'run']) mkdirSync(inRig(folder), { recursive: true });
  writeFileSync(log, '');
  const times: { stage: string; seconds: number }[] = [];
  const step = async (stage: string, work: () => Promise<void>) => {
    const start = Date.now();
    await work();
    const seconds = (Date.now() - start) / 1000;
    times.push({ stage, seconds });
    if (seconds > 0.5) say(`rig: ${stage} built in ${seconds.toFixed(1)} s`);
  };
  await step('root tree', () => buildRootTree(log));
  await step('kernel modules', () => buildKernelModules(log));
  await step('disk image', () => buildImage(log));
  return times;
}

/** The key of the disk image, and of everything that the machine starts from. */
export function imageKey(): string {
  const sources = [
    ...[
      'guest/fast-init',
      'guest/mini-init',
      'guest/vfio_hold.c',
      'build/guest-files.ts',
      'build/customise.ts',
      'build/boot-files.ts',
      'build/disk-image.ts',
    ],
  ];
  return digest({ texts: [kernelModulesKey()], sources });
}

async function buildImage(log: string): Promise<void> {
  const key = imageKey();
  if (isBuilt('image', key)) return;
  unmark('image');
  rmSync(inRig('grub.qcow2'), { force: true });
  await customise(log);
  await writeKernel(log);
  await writeInitrd();
  await writeDiskImage(log);
  markBuilt('image', key);
}
