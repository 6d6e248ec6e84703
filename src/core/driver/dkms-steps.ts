// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Step } from '../plan/action.ts';
import { textToBase64 } from '../plan/file-image.ts';
import type { DriverSource } from './driver-source.ts';
import { markerPath, OWN_LINE, sourceFolder } from './own-dkms-files.ts';

/** An i3 with one compiler takes some 25 minutes for i915 and xe; three times that, in milliseconds. */
const BUILD_MS = 75 * 60_000;
const COPY_MS = 5 * 60_000;

interface Module {
  readonly name: string;
  readonly version: string;
}

/** Whether dkms has a version built for a kernel of this machine (amd64 only, as Proxmox VE). */
function builtFolder({ name, version }: Module, kernel: string): string {
  return `/var/lib/dkms/${name}/${version}/${kernel}/x86_64/module`;
}

/**
 * Puts the source of an archive or a folder where dkms keeps sources and makes it known. A marker says that it is ours; a
 * source that lies there already is somebody's and is used as it is.
 */
export function sourceSteps(
  source: DriverSource,
  isThere: boolean,
  images: { readonly [path: string]: FileImage },
): readonly Step[] {
  const { name, version, path, sha256 } = source;
  const folder = sourceFolder(name, version);
  const copy: readonly [string, ...string[]] =
    source.kind === 'directory'
      ? ['cp', '-r', '-T', '--', path, folder]
      : ['tar', `--one-top-level=${folder}`, '--strip-components=1', '--no-same-owner', '-xzf', path];
  const ours: readonly Step[] = [
    {
      action: 'writeFile',
      args: {
        path: markerPath(name, version),
        base64: textToBase64(`${OWN_LINE}\nfrom ${path}${sha256 === undefined ? '' : ` ${sha256}`}\n`),
        mode: 0o600,
        before: images[markerPath(name, version)] ?? { kind: 'absent' },
      },
      reason: 'notes that the source is ours, so that it can be taken away again',
    },
    {
      action: 'run',
      args: {
        argv: copy,
        undo: ['rm', '-rf', '--', folder],
        // The folder and no file in it: of a copy that was cut off nobody knows how far it came, and all of it has to go.
        done: { kind: 'exists', path: folder },
        ...(sha256 === undefined ? {} : { input: { path, sha256 } }),
        timeoutMs: COPY_MS,
      },
      reason: 'the source of the driver',
    },
  ];
  return [
    ...(isThere ? [] : ours),
    {
      action: 'run',
      args: {
        argv: ['dkms', 'add', folder],
        undo: ['dkms', 'remove', '-m', name, '-v', version, '--all'],
        done: { kind: 'exists', path: `/var/lib/dkms/${name}/${version}/source` },
        timeoutMs: COPY_MS,
      },
      reason: 'makes the source known to dkms',
    },
  ];
}

/** Takes a source that is ours away from dkms and from the disk. */
export function removeSourceSteps({ name, version }: Module): readonly Step[] {
  const folder = sourceFolder(name, version);
  return [
    {
      action: 'run',
      args: {
        argv: ['dkms', 'remove', '-m', name, '-v', version, '--all'],
        undo: ['dkms', 'add', folder],
        done: { kind: 'absent', path: `/var/lib/dkms/${name}/${version}/source` },
        timeoutMs: COPY_MS,
      },
      reason: 'the driver was built from a source of ours',
    },
    {
      action: 'run',
      args: { argv: ['rm', '-rf', '--', folder], undo: null, done: { kind: 'absent', path: folder }, timeoutMs: COPY_MS },
      reason: 'the source was put there by pveigpu',
    },
  ];
}

/** Builds and installs a version for one kernel; nothing happens where that is done. */
export function buildSteps(module: Module, kernel: string, jobs: number | undefined): readonly Step[] {
  const { name, version } = module;
  const which = ['-m', name, '-v', version, '-k', kernel] as const;
  return [
    {
      action: 'run',
      args: {
        argv: ['dkms', 'build', ...(jobs === undefined ? [] : ['-j', String(jobs)]), ...which],
        undo: null,
        done: { kind: 'exists', path: builtFolder(module, kernel) },
        timeoutMs: BUILD_MS,
      },
      reason: `builds the driver for ${kernel}`,
    },
    {
      action: 'run',
      args: {
        argv: ['dkms', 'install', ...which],
        undo: null,
        done: { kind: 'exists', path: `/var/lib/dkms/${name}/kernel-${kernel}-x86_64` },
        timeoutMs: BUILD_MS,
      },
      reason: `puts the driver where ${kernel} looks for it first`,
    },
  ];
}
