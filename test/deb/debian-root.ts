// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { debianMirror, KEYRING, SUITE, transportSettings } from '../rig/build/debian-mirror.ts';
import { execute } from '../rig/build/execute.ts';
import { mmdebstrap } from '../rig/build/root-tree.ts';
import { digest, inRig, isBuilt, markBuilt, unmark } from '../rig/build/workspace.ts';

/** What a fresh Debian root of one kind has beyond the smallest set with apt. */
const KINDS = {
  /** What the package depends on, as a Proxmox VE node has it; no npm. */
  node: ['nodejs', 'perl', 'pciutils', 'kmod', 'udev'],
  /** The linter of the suite that the package is for. */
  lint: ['lintian'],
} as const;

/** Unpacks a fresh Debian root of one kind into a folder; the first time it is made, which takes a minute. */
export async function debianRoot(kind: keyof typeof KINDS, folder: string): Promise<void> {
  const tar = inRig('deb', `${kind}.tar`);
  const key = digest({ texts: [SUITE, ...KINDS[kind]] });
  const stage = `deb-${kind}`;
  if (!isBuilt(stage, key) || !existsSync(tar)) {
    unmark(stage);
    await makeTar(KINDS[kind], tar);
    markBuilt(stage, key);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await execute(['tar', '-xpf', tar, '-C', folder, '--numeric-owner', '--xattrs', '--xattrs-include=*']);
}

async function makeTar(packages: readonly string[], tar: string): Promise<void> {
  mkdirSync(inRig('deb'), { recursive: true });
  const log = inRig('deb/build.log');
  const mirror = await debianMirror();
  const tool = await mmdebstrap(mirror, log);
  const settings = await transportSettings();
  const argv = [
    tool.program,
    ...['--mode=root', '--variant=apt', '--format=tar', '--dpkgopt=force-unsafe-io'],
    ...['--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'],
    ...settings.map((setting) => `--aptopt=${setting.replace(/;$/, '')}`),
    `--include=${packages.join(',')}`,
    ...[SUITE, `${tar}.new`, `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main`],
  ] as const;
  await execute(argv, { log, env: { PATH: `${tool.folder}:${process.env.PATH}:/usr/sbin:/sbin` } });
  renameSync(`${tar}.new`, tar);
}
