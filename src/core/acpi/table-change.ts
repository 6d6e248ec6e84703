// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Step } from '../plan/action.ts';
import { fromBase64, imageText, textToBase64, toBase64 } from '../plan/file-image.ts';
import { ok, problem, type Result } from '../problem.ts';
import { sha256Hex } from '../text/sha256.ts';
import { MANIFEST, tablesFolder } from './own-tables.ts';
import { padTables } from './pad-tables.ts';
import { nodePath } from './rom-method.ts';
import { type AcpiTable, batteryTable, type RomTableWish, romTables } from './rom-tables.ts';
import { parseManifest, printManifest, type TableRom } from './table-manifest.ts';
import { sumOfTables, tableOptions, withTables } from './table-options.ts';

const TABLE_MODE = 0o644;

/** What is there of a guest's tables now. */
export interface TableGround {
  /** The files in the guest's own folder, by name. */
  readonly files: { readonly [name: string]: FileImage };
  /** The sizes of the other files that `-acpitable` names in its `args`; null where one cannot be read. */
  readonly foreign: { readonly [path: string]: number | null };
}

/** What is wanted: the ROM of one device, and a battery where there is none. */
export interface TablesWish extends RomTableWish {
  readonly romfile: string;
  readonly battery: boolean;
}

/** What bringing the tables to a guest takes. */
export interface TableChange {
  /** Come before the change of `args`. */
  readonly writes: readonly Step[];
  /** The whole new value of `args`. */
  readonly args: string;
  /** Come after it: files that no table needs any more. */
  readonly removals: readonly Step[];
  /** All tables that the guest will have from us, and the sum of these and of all others, in bytes. */
  readonly tables: readonly AcpiTable[];
  readonly sumBytes: number;
}

/**
 * The tables of one device, beside those of the guest's other devices and of somebody else. Fails with `guest.config` where the sum cannot
 * be known, or is more than QEMU takes.
 */
export function tableChange(vmid: number, args: string, ground: TableGround, wish: TablesWish): Result<TableChange> {
  const options = tableOptions(args);
  if (!options.ok) return options;
  const others = options.value.filter(({ isOurs }) => !isOurs);
  const foreign = sumOfTables(others, (path) =>
    Object.hasOwn(ground.foreign, path) ? (ground.foreign[path] ?? undefined) : undefined,
  );
  if ('unknown' in foreign) return unknownSize(foreign.unknown);
  const named = new Set(options.value.flatMap(({ files }) => files));
  const kept = keptTables(ground, wish, (name) => named.has(`${tablesFolder(vmid)}/${name}`));
  const own = [...romTables(wish), ...kept];
  const before = own.reduce((sum, { bytes }) => sum + bytes.length, foreign.bytes);
  const pads = padTables(before);
  if (!pads.ok) return pads;
  const tables = [...own, ...pads.value];
  const changed = withTables(
    args,
    vmid,
    tables.map(({ name }) => name),
  );
  if (!changed.ok) return changed;
  const manifest = manifestText(ground, wish, tables);
  const stale = Object.keys(ground.files).filter((name) => name !== MANIFEST && !tables.some((table) => table.name === name));
  return ok({
    writes: [
      ...tables.flatMap(({ name, bytes }) => write(vmid, ground, name, toBase64(bytes), reasonOf(name, wish))),
      ...write(vmid, ground, MANIFEST, textToBase64(manifest), 'what each start looks the tables up in'),
    ],
    args: changed.value,
    removals: stale.map((name) => remove(vmid, name, ground.files[name] ?? { kind: 'absent' }, 'no table needs it any more')),
    tables,
    sumBytes: pads.value.reduce((sum, { bytes }) => sum + bytes.length, before),
  });
}

/** The steps that take all files of a guest's tables away. */
export function removeTables(vmid: number, files: TableGround['files']): readonly Step[] {
  return Object.entries(files).map(([name, before]) =>
    remove(vmid, name, before, 'the guest has no ACPI tables of ours any more'),
  );
}

/** Tables of the guest's other devices, and its battery, as they stand; what its `args` do not name is left over from a guest that had its number. */
function keptTables(
  { files }: TableGround,
  { index, battery }: TablesWish,
  isNamed: (name: string) => boolean,
): readonly AcpiTable[] {
  const kept = Object.entries(files).flatMap(([name, image]): AcpiTable[] => {
    const isOther = /^hostpci\d+-/.test(name) && !name.startsWith(`hostpci${index}-`);
    return isOther && isNamed(name) && image.kind === 'file' ? [{ name, bytes: fromBase64(image.base64) }] : [];
  });
  const one = batteryTable();
  return battery || (Object.hasOwn(files, one.name) && isNamed(one.name)) ? [...kept, one] : kept;
}

function manifestText({ files }: TableGround, wish: TablesWish, tables: readonly AcpiTable[]): string {
  const before = parseManifest(imageText(files[MANIFEST] ?? { kind: 'absent' }), MANIFEST);
  const key = `hostpci${wish.index}`;
  const rom: TableRom = { romfile: wish.romfile, sha256: sha256Hex(wish.rom), node: nodePath(wish.node) };
  const roms = { ...(before.ok ? before.value.roms : {}), [key]: rom };
  const present = Object.entries(roms).filter(([one]) => tables.some(({ name }) => name.startsWith(`${one}-`)));
  const entries = tables.map(({ name, bytes }) => [name, { sha256: sha256Hex(bytes), sizeBytes: bytes.length }] as const);
  return printManifest({ format: 1, roms: Object.fromEntries(present), tables: Object.fromEntries(entries) });
}

function write(vmid: number, { files }: TableGround, name: string, base64: string, reason: string): readonly Step[] {
  const before = files[name] ?? { kind: 'absent' };
  if (before.kind === 'file' && before.base64 === base64) return [];
  const args = { path: `${tablesFolder(vmid)}/${name}`, base64, mode: TABLE_MODE, before };
  return [{ action: 'writeFile', args, reason }];
}

function remove(vmid: number, name: string, before: FileImage, reason: string): Step {
  return { action: 'removeFile', args: { path: `${tablesFolder(vmid)}/${name}`, before, release: true }, reason };
}

function reasonOf(name: string, { romfile }: TablesWish): string {
  if (name.startsWith('pad-')) return 'keeps the sum of all tables at a size with which the guest starts';
  if (name === 'battery.aml') return 'a battery, which some drivers for laptops look for';
  if (name.endsWith('-rom.aml')) return `the method _ROM, which hands out ${romfile}`;
  return `a piece of ${romfile}`;
}

function unknownSize(path: string): Result<TableChange> {
  return problem('guest.config', `The args name the ACPI table ${path}, whose size cannot be read.`, {
    hint: 'Put it there or take it out of the args: with it the guest does not start anyway.',
    where: path,
  });
}
