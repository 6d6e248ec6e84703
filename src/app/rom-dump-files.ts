// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../core/facts/pci-facts.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { vfctImages } from '../core/rom/vfct.ts';
import type { Context } from './context.ts';
import type { ReadRom } from './rom-dump.ts';
import { listOptional, readOptional } from './sense/attribute.ts';

const DEBUG_DRI = '/sys/kernel/debug/dri';
const VFCT = '/sys/firmware/acpi/tables/VFCT';

/** The ROM that nouveau found for a card of NVIDIA and runs with (nouveau_debugfs.c, vbios.rom). */
export async function dumpFromNouveau({ host }: Context, { bdf }: PciDevice): Promise<Result<ReadRom>> {
  for (const name of await listOptional(host, DEBUG_DRI)) {
    // Named by number with the address in the file `name`, since Linux 6.11 by address as well.
    const isIt = name === bdf || ((await readOptional(host, `${DEBUG_DRI}/${name}/name`))?.includes(`dev=${bdf}`) ?? false);
    if (!isIt) continue;
    const read = await host.readBytes(`${DEBUG_DRI}/${name}/vbios.rom`);
    if (read.kind === 'content' && read.value.length > 0) return ok({ content: read.value, remarks: [] });
    if (read.kind === 'unreadable')
      return problem('host.read', `${DEBUG_DRI}/${name}/vbios.rom cannot be read (${read.errno}).`, {
        hint: 'Run pveigpu as root; with Secure Boot the kernel may refuse debugfs.',
      });
  }
  return problem('gpu.cannot', `nouveau shows no ROM of ${bdf} below ${DEBUG_DRI}.`, {
    hint: 'The driver nouveau has to be bound to the device, and debugfs mounted.',
  });
}

/** The ROM that firmware left for a GPU of AMD in the ACPI table VFCT; an integrated one has no other. */
export async function dumpFromVfct({ host }: Context, { bdf, vendor, device }: PciDevice): Promise<Result<ReadRom>> {
  const read = await host.readBytes(VFCT);
  if (read.kind === 'unreadable')
    return problem('host.read', `${VFCT} cannot be read (${read.errno}).`, { hint: 'Run pveigpu as root.' });
  const images = read.kind === 'content' ? vfctImages(read.value) : [];
  const byId = images.filter((image) => image.vendor === vendor && image.device === device);
  // Firmware numbers busses before the kernel does, so the id decides and the address only chooses among equals.
  const image = byId.find((one) => one.bdf === bdf) ?? byId[0];
  if (image !== undefined)
    return ok({
      content: image.content,
      remarks: byId.length > 1 && image.bdf !== bdf ? [`The table has ${byId.length} ROMs for this id; this is the first.`] : [],
    });
  const others = images.map((one) => `${one.vendor}:${one.device} at ${one.bdf}`).join(', ');
  return problem('gpu.cannot', `The ACPI table VFCT has no ROM for ${bdf}, ${vendor}:${device}.`, {
    hint:
      read.kind === 'absent' ? 'This machine has no such table; only some with a GPU of AMD do.' : `It has: ${others || 'none'}.`,
  });
}
