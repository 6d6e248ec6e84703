// SPDX-License-Identifier: AGPL-3.0-or-later
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildRig } from './build/build-rig.ts';
import { whyNot } from './build/debian-mirror.ts';
import { inRig, RIG_SOURCE, takeFolder } from './build/workspace.ts';
import { chooseAccelerator } from './machine/accelerator.ts';
import { grubDisk } from './machine/grub-disk.ts';
import { shareProduct } from './product/install-product.ts';
import { shareDriver } from './setup/driver-folder.ts';

/** Builds what is missing of the rig before the first case; says so when this machine cannot have one. */
export async function setup(): Promise<() => void> {
  const reason = whyNot();
  if (reason !== undefined) {
    console.log(`rig: every case is skipped here: ${reason}`);
    return () => {};
  }
  const release = takeFolder();
  const start = Date.now();
  await buildRig((line) => console.log(line));
  rmSync(inRig('failures'), { recursive: true, force: true });
  shareProduct();
  shareDriver();
  cpSync(join(RIG_SOURCE, 'guest/stepper.pl'), inRig('share/stepper.pl'));
  // Tried once, before two machines start at once.
  await chooseAccelerator((line) => console.log(line));
  await grubDisk();
  console.log(`rig: ready after ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return release;
}
