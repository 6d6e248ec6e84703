// SPDX-License-Identifier: AGPL-3.0-or-later
import { type TableNow, tableFaults } from '../../core/acpi/check-tables.ts';
import { MANIFEST, ownTable } from '../../core/acpi/own-tables.ts';
import { parseManifest, type TableManifest } from '../../core/acpi/table-manifest.ts';
import { tableOptions } from '../../core/acpi/table-options.ts';
import { sha256Hex } from '../../core/text/sha256.ts';
import { ROM_FOLDER } from '../../core/whole-gpu/gpu-args.ts';
import { type HookContext, type Prepared, READY } from './hook-context.ts';

/** Whether a guest's `args` name ACPI tables of ours, so that they have to be looked at. */
export function hasTables(keys: { readonly [key: string]: string }): boolean {
  return keys.args?.includes('acpitable') === true && keys.args.includes('/var/lib/pveigpu/');
}

/**
 * Looks at the ACPI tables that a guest starts with: hash, place and sum. Refuses only what is seen to be wrong; what cannot be read is a
 * line in the log, since QEMU says by itself what it cannot read.
 */
export async function checkTables(
  context: HookContext,
  keys: { readonly [key: string]: string },
  vmid: number,
): Promise<Prepared> {
  const { host, log } = context;
  const options = tableOptions(keys.args ?? '');
  if (!options.ok) return READY;
  const sizes = new Map<string, number>();
  const tables: TableNow[] = [];
  const manifests = new Map<string, TableManifest | undefined>();
  for (const path of new Set(options.value.flatMap(({ files }) => files))) {
    const own = ownTable(path);
    if (own === undefined) {
      const stat = await host.stat(path);
      if (stat.kind === 'content') sizes.set(path, stat.value.sizeBytes);
      continue;
    }
    const read = await host.readBytes(path);
    if (read.kind === 'unreadable') {
      log.warn(`${path} of VM ${vmid} cannot be read: ${read.errno}.`);
      continue;
    }
    if (!manifests.has(own.folder)) manifests.set(own.folder, await readManifest(context, own.folder, vmid));
    const manifest = manifests.get(own.folder);
    if (read.kind === 'content') sizes.set(path, read.value.length);
    const sha256 = read.kind === 'content' ? { sha256: sha256Hex(read.value) } : {};
    tables.push({ path, name: own.name, ...sha256, ...(manifest === undefined ? {} : { manifest }) });
  }
  const faults = tableFaults(keys, options.value, tables, (path) => sizes.get(path));
  for (const { text } of faults.filter(({ level }) => level === 'warn')) log.warn(`VM ${vmid}: ${text}.`);
  for (const manifest of manifests.values()) if (manifest !== undefined) await lookAtRoms(context, manifest, vmid);
  const refusal = faults.find(({ level }) => level === 'refuse');
  if (refusal === undefined) return READY;
  const because = `${refusal.text}. Make them again with pveigpu acpi rom-table ${vmid}, or take them out with pveigpu unassign ${vmid}.`;
  return { kind: 'refused', because };
}

async function readManifest({ host, log }: HookContext, folder: string, vmid: number): Promise<TableManifest | undefined> {
  const path = `${folder}/${MANIFEST}`;
  const read = await host.read(path);
  const parsed = read.kind === 'content' ? parseManifest(read.value, path) : undefined;
  if (parsed?.ok === true) return parsed.value;
  const why = parsed === undefined ? `${path} is not there or cannot be read` : parsed.problem.message;
  log.warn(`The ACPI tables of VM ${vmid} were not looked at: ${why}.`);
  return undefined;
}

/** The tables hold a copy: a ROM that has become another since is no reason not to start. */
async function lookAtRoms({ host, log }: HookContext, { roms }: TableManifest, vmid: number): Promise<void> {
  for (const { romfile, sha256 } of Object.values(roms)) {
    const read = await host.readBytes(`${ROM_FOLDER}${romfile}`);
    if (read.kind === 'content' && sha256Hex(read.value) === sha256) continue;
    const what = read.kind === 'content' ? 'has changed since its ACPI tables were made' : 'is not there any more';
    log.warn(`VM ${vmid}: ${ROM_FOLDER}${romfile} ${what}. Run: pveigpu acpi rom-table ${vmid}`);
  }
}
