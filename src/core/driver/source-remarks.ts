// SPDX-License-Identifier: AGPL-3.0-or-later
import { dkmsVersionFits } from '../gpu/driver-backend.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import type { Remark } from '../plan/action.ts';
import { confAllows } from './dkms-conf.ts';
import type { DriverSource } from './driver-source.ts';

/** What is said of a driver file before it is used: whether it is the right one for the kernel, and whether its hash was accepted. */
export function sourceRemarks(source: DriverSource, kernel: string): readonly Remark[] {
  return [...fits(source, kernel), ...hash(source), ...ofPackage(source)];
}

function fits(source: DriverSource, kernel: string): readonly Remark[] {
  if (source.name !== DKMS_PACKAGE)
    return [
      {
        level: 'warning',
        id: 'driver.other-name',
        text: `${source.path} is ${source.name} ${source.version}, not ${DKMS_PACKAGE}; what it does to i915 and xe is not known here.`,
      },
    ];
  const own = confAllows(source, kernel);
  const allowed = source.kernels === undefined ? dkmsVersionFits(source.version, kernel) : own;
  if (allowed === false)
    return [
      {
        level: 'blocker',
        id: 'driver.wrong-release',
        code: 'driver.source',
        overridable: true,
        text: `Driver release ${source.version} says of itself that it does not build for kernel ${kernel}.`,
        hint: 'pveigpu driver list shows the release for each kernel.',
      },
    ];
  if (allowed === true) return [];
  return [
    {
      level: 'note',
      id: 'driver.release-unread',
      text: `Whether driver release ${source.version} fits kernel ${kernel} is not known here; the build will tell.`,
    },
  ];
}

function hash(source: DriverSource): readonly Remark[] {
  if (source.sha256 === undefined)
    return [
      { level: 'note', id: 'driver.folder', text: `${source.path} is a folder: what is in it is built as it is, as root.` },
    ];
  if (source.accepted !== undefined)
    return [{ level: 'note', id: 'driver.hash', text: `${source.path} has the SHA-256 that was accepted, ${source.sha256}.` }];
  return [
    {
      level: 'blocker',
      id: 'driver.hash-unknown',
      code: 'driver.source',
      text: `${source.path} has SHA-256 ${source.sha256}, and nobody has accepted that yet. Upstream publishes no list of hashes.`,
      hint: `Compare it with what the release page shows for the file, then give --sha256 ${source.sha256} once.`,
    },
  ];
}

function ofPackage(source: DriverSource): readonly Remark[] {
  if (source.kind !== 'deb' || source.name !== DKMS_PACKAGE) return [];
  return [
    {
      level: 'note',
      id: 'driver.package-builds-all',
      text: 'The package builds the driver for every installed kernel that has headers; their initramfs stays as it is.',
      hint: 'To leave the other kernels without it, give the archive of the release instead.',
    },
  ];
}
