// SPDX-License-Identifier: AGPL-3.0-or-later

/** Below it a folder for each guest, by its number, which goes with the last file in it. */
const STATE = '/var/lib/pveigpu';
/** What the tables are for, so that it can be looked at again before each start. */
export const MANIFEST = 'tables.json';

/** The folder of the ACPI tables of one guest. */
export function tablesFolder(vmid: number): string {
  return `${STATE}/${vmid}`;
}

/** Whether a file in such a folder is ours by its name; anybody may have put others there. */
export function isTableFile(name: string): boolean {
  return name === MANIFEST || /^(?:hostpci\d{1,2}-(?:rom|\d{2})|pad-\d|battery)\.aml$/.test(name);
}

/** A file of ours that an `-acpitable` names: in which folder, and its name; undefined for any other. */
export function ownTable(path: string): { readonly folder: string; readonly name: string } | undefined {
  const [, folder, name] = /^(\/var\/lib\/pveigpu\/\d+)\/([a-z0-9-]+\.aml)$/.exec(path) ?? [];
  return folder === undefined || name === undefined ? undefined : { folder, name };
}

/** The words of `args` for one table of ours. */
export function tableWords(vmid: number, name: string): readonly [string, string] {
  return ['-acpitable', `file=${tablesFolder(vmid)}/${name}`];
}
