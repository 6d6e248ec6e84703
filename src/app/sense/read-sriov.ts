// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SriovFacts } from '../../core/facts/pci-facts.ts';
import { isBdf } from '../../core/pci/address.ts';
import { linkName, parseHexAttribute, parseIntegerAttribute, virtfnIndex } from '../../core/pci/sysfs-values.ts';
import type { Host } from '../../ports/host.ts';
import { readOptional } from './attribute.ts';

/** Reads the SR-IOV attributes of a PF, whose directory holds `names`; undefined when it has no `sriov_totalvfs`. */
export async function readSriov(host: Host, path: string, names: readonly string[]): Promise<SriovFacts | undefined> {
  if (!names.includes('sriov_totalvfs')) return undefined;
  const text = async (name: string) => (await readOptional(host, `${path}/${name}`)) ?? '';
  const links = names.flatMap((name) => {
    const index = virtfnIndex(name);
    return index === undefined ? [] : [{ name, index }];
  });
  const [totalVfs, offset, stride, vfDevice, autoprobe, vfs] = await Promise.all([
    text('sriov_totalvfs').then(parseIntegerAttribute),
    text('sriov_offset').then(parseIntegerAttribute),
    text('sriov_stride').then(parseIntegerAttribute),
    // This one attribute is printed without "0x" (kernel drivers/pci/iov.c, sriov_vf_device_show).
    text('sriov_vf_device').then((hex) => parseHexAttribute(hex, 4)),
    text('sriov_drivers_autoprobe').then(parseIntegerAttribute),
    Promise.all(
      links.map(async ({ name, index }) => {
        const link = await host.readLink(`${path}/${name}`);
        const bdf = link.kind === 'content' ? linkName(link.value) : '';
        return isBdf(bdf) ? [{ index, bdf }] : [];
      }),
    ),
  ]);
  if (totalVfs === undefined) return undefined;
  return {
    totalVfs,
    ...(offset === undefined ? {} : { offset }),
    ...(stride === undefined ? {} : { stride }),
    ...(vfDevice === undefined ? {} : { vfDevice }),
    ...(autoprobe === undefined ? {} : { driversAutoprobe: autoprobe !== 0 }),
    vfs: vfs.flat().sort((a, b) => a.index - b.index),
  };
}
