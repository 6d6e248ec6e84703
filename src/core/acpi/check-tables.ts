// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestNode } from './guest-node.ts';
import { isBadSum } from './pad-tables.ts';
import { nodePath } from './rom-method.ts';
import type { TableManifest } from './table-manifest.ts';
import { sumOfTables, type TableOption } from './table-options.ts';

/** One of our tables as it is now. */
export interface TableNow {
  readonly path: string;
  readonly name: string;
  /** Absent where the file is not there. */
  readonly sha256?: string;
  readonly manifest?: TableManifest;
}

/** What speaks against starting a guest with its ACPI tables. */
export interface TableFault {
  /** `refuse`: it is certain that the guest would not start, or without ACPI or ROM; `warn`: it may be meant so. */
  readonly level: 'refuse' | 'warn';
  readonly text: string;
}

/** Looks at the tables of a guest before its start: whether they are there, as they were made, at the right node, and of a good sum. */
export function tableFaults(
  config: { readonly [key: string]: string },
  options: readonly TableOption[],
  tables: readonly TableNow[],
  sizeOf: (path: string) => number | undefined,
): readonly TableFault[] {
  const faults = [...tables.flatMap(fileFault), ...nodeFaults(config, tables)];
  const sum = sumOfTables(options, sizeOf);
  if ('bytes' in sum && isBadSum(sum.bytes)) {
    const text = `its ACPI tables have ${sum.bytes} bytes together, with which the firmware loses all of them`;
    faults.push({ level: 'refuse', text });
  }
  return faults;
}

function fileFault({ path, name, sha256, manifest }: TableNow): readonly TableFault[] {
  if (sha256 === undefined) return [{ level: 'refuse', text: `its args name ${path}, which is not there` }];
  if (manifest === undefined) return [];
  const noted = Object.hasOwn(manifest.tables, name) ? manifest.tables[name] : undefined;
  if (noted === undefined || noted.sha256 === sha256) return [];
  return [{ level: 'refuse', text: `${path} is not as pveigpu wrote it` }];
}

function nodeFaults(config: { readonly [key: string]: string }, tables: readonly TableNow[]): readonly TableFault[] {
  return tables.flatMap(({ name, manifest }): TableFault[] => {
    const index = /^hostpci(\d+)-rom\.aml$/.exec(name)?.[1];
    const rom = index === undefined || manifest === undefined ? undefined : manifest.roms[`hostpci${index}`];
    if (index === undefined || rom === undefined) return [];
    const node = guestNode(config, Number(index));
    if (!node.ok) return [{ level: 'warn', text: `its table for hostpci${index} serves nobody: ${node.problem.message}` }];
    const path = nodePath(node.value);
    if (path === rom.node) return [];
    return [{ level: 'refuse', text: `its table hands out the ROM at ${rom.node}, and hostpci${index} is at ${path} now` }];
  });
}
