// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../../core/pci/address.ts';
import {
  chosenWord,
  type FunctionProfile,
  type GpuProfiles,
  PROFILE_ATTRIBUTES,
  PROFILE_KEYS,
  type ProfileSetting,
} from '../../core/vf/vf-profile.ts';
import type { Host } from '../../ports/host.ts';

/** Reading asks the firmware, which answers at once or not at all. */
const READ_MS = 2000;

/** The scheduling that the driver of a GPU shows for itself and its first `vfs` VFs; undefined where it shows none. */
export async function readProfiles(host: Host, pf: Bdf, vfs: number): Promise<GpuProfiles | undefined> {
  const device = `/sys/bus/pci/devices/${pf}`;
  const numbers = Array.from({ length: vfs + 1 }, (_none, number) => number);
  const admin = `${device}/sriov_admin`;
  if ((await host.stat(admin)).kind === 'content') {
    const functions = await Promise.all(
      numbers.map((number) => readFunction(host, number, [`${admin}/${folderOf(number)}/profile`])),
    );
    return { pf, offeredBy: 'sriov_admin', functions };
  }
  const prelim = await prelimFolder(host, device);
  if (prelim === undefined) return undefined;
  const functions = await Promise.all(
    numbers.map(async (number) => {
      const folder = `${prelim}/${folderOf(number)}`;
      const names = await host.list(folder);
      const gts = names.kind === 'content' ? names.value.filter((name) => /^gt\d+$/.test(name)) : [];
      return await readFunction(
        host,
        number,
        gts.map((gt) => `${folder}/${gt}`),
      );
    }),
  );
  return { pf, offeredBy: 'prelim_iov', functions };
}

/** The functions are counted from 1 here, where `virtfn` links begin with 0. */
function folderOf(number: number): string {
  return number === 0 ? 'pf' : `vf${number}`;
}

async function prelimFolder(host: Host, device: string): Promise<string | undefined> {
  const nodes = await host.list(`${device}/drm`);
  const card = nodes.kind === 'content' ? nodes.value.find((name) => /^card\d+$/.test(name)) : undefined;
  const path = `${device}/drm/${card}/prelim_iov`;
  return card !== undefined && (await host.stat(path)).kind === 'content' ? path : undefined;
}

async function readFunction(host: Host, number: number, folders: readonly string[]): Promise<FunctionProfile> {
  const settings: ProfileSetting[] = [];
  for (const folder of folders)
    for (const key of PROFILE_KEYS) {
      const path = `${folder}/${PROFILE_ATTRIBUTES[key]}`;
      const [read, stat] = [await host.read(path, { timeoutMs: READ_MS }), await host.stat(path)];
      if (read.kind !== 'content' || stat.kind !== 'content') continue;
      settings.push({ key, path, value: chosenWord(read.value), writable: (stat.value.mode & 0o200) !== 0 });
    }
  return { number, settings };
}
