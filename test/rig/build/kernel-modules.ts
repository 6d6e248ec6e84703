// SPDX-License-Identifier: AGPL-3.0-or-later
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from './execute.ts';
import { guestRelease, rootTreeKey } from './root-tree.ts';
import { digest, inRig, isBuilt, markBuilt, RIG_SOURCE, unmark } from './workspace.ts';

/** One out-of-tree build: its sources, its objects, and the flag that makes i915 the DKMS build or the kernel's own. */
interface ModuleBuild {
  readonly name: string;
  readonly sources: string;
  readonly objects: readonly string[];
  readonly flags: string;
}

const BUILDS: readonly ModuleBuild[] = [
  { name: 'rigpci', sources: 'rigpci', objects: ['rigpci'], flags: '' },
  { name: 'dkms', sources: 'gpu', objects: ['i915', 'kvmgt', 'xe'], flags: '-DRIG_SRIOV=1' },
  { name: 'stock', sources: 'gpu', objects: ['i915'], flags: '-DRIG_SRIOV=0' },
];

/** The key of the built modules. */
export function kernelModulesKey(): string {
  return digest({ texts: [rootTreeKey(), JSON.stringify(BUILDS)], sources: ['kmod'] });
}

/** Builds the rig's kernel modules with the guest's own compiler and headers, into `kmod/BUILD/NAME.ko`. About 10 s. */
export async function buildKernelModules(log: string): Promise<void> {
  const key = kernelModulesKey();
  if (isBuilt('kmod', key)) return;
  unmark('kmod');
  rmSync(inRig('kmod'), { recursive: true, force: true });
  for (const build of BUILDS) await buildOne(build, log);
  markBuilt('kmod', key);
}

async function buildOne(build: ModuleBuild, log: string): Promise<void> {
  const inGuest = `/usr/src/rig-${build.name}`;
  const folder = inRig('root', inGuest);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(RIG_SOURCE, 'kmod', build.sources), folder, { recursive: true });
  const list = build.objects.map((name) => `${name}.o`).join(' ');
  writeFileSync(join(folder, 'Makefile'), `obj-m := ${list}\nccflags-y := ${build.flags}\n`);
  await execute(
    ['chroot', inRig('root'), 'make', '-s', '-j2', '-C', `/lib/modules/${guestRelease()}/build`, `M=${inGuest}`, 'modules'],
    { log },
  );
  mkdirSync(inRig('kmod', build.name), { recursive: true });
  await execute(['chroot', inRig('root'), 'sh', '-c', `strip -g ${inGuest}/*.ko`], { log });
  for (const file of readdirSync(folder)) if (file.endsWith('.ko')) cpSync(join(folder, file), inRig('kmod', build.name, file));
  rmSync(folder, { recursive: true, force: true });
}
