// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AcpiGround } from '../core/acpi/device-tables.ts';
import { isTableFile, tablesFolder } from '../core/acpi/own-tables.ts';
import type { RomFileNow } from '../core/acpi/served-rom.ts';
import { tableOptions } from '../core/acpi/table-options.ts';
import type { FileImage } from '../core/plan/action.ts';
import { ok, type Result } from '../core/problem.ts';
import { ROM_FOLDER } from '../core/whole-gpu/gpu-args.ts';
import type { Host } from '../ports/host.ts';
import { readImage } from './engine/read-image.ts';

/** The largest ROM that tables can hold, and some more, so that a larger one is known as such. */
const MOST_ROM_BYTES = 2 * 1024 * 1024;

/** The ACPI tables of a guest as they are: ours by content, those of others that its `args` name by size. */
export async function readTables(host: Host, vmid: number, args: string | undefined): Promise<Result<AcpiGround>> {
  const folder = tablesFolder(vmid);
  const listed = await host.list(folder);
  const files: { [name: string]: FileImage } = {};
  for (const name of listed.kind === 'content' ? listed.value.filter(isTableFile) : []) {
    const image = await readImage(host, `${folder}/${name}`);
    if (!image.ok) return image;
    if (image.value.kind === 'file') files[name] = image.value;
  }
  const options = tableOptions(args ?? '');
  const paths = options.ok ? options.value.filter(({ isOurs }) => !isOurs).flatMap((option) => option.files) : [];
  const foreign: { [path: string]: number | null } = {};
  for (const path of new Set(paths)) {
    const stat = await host.stat(path);
    foreign[path] = stat.kind === 'content' && stat.value.kind === 'file' ? stat.value.sizeBytes : null;
  }
  return ok({ files, foreign });
}

/** A file of /usr/share/kvm with its bytes. */
export async function readRom(host: Host, romfile: string): Promise<RomFileNow> {
  const read = await host.readBytes(`${ROM_FOLDER}${romfile}`, { maxBytes: MOST_ROM_BYTES });
  return read.kind === 'content' ? { kind: 'content', bytes: read.value } : read;
}
