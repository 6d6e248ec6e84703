// SPDX-License-Identifier: AGPL-3.0-or-later
import { deviceOptions } from '../../core/guest/args-items.ts';
import type { Machine } from '../machine.ts';

/** QEMU keeps the length of a table in 16 bits. */
const MOST_BYTES = 0xffff;
/** The header that QEMU puts before `data`. */
const HEADER_BYTES = 36;

/** What QEMU says of one `-acpitable` when it starts (hw/acpi/core.c acpi_table_add); undefined when it takes it. */
export function acpiTableFault(machine: Machine, value: string): string | undefined {
  const said = (text: string) => `-acpitable ${value}: ${text}`;
  const options = deviceOptions(`_,${value}`);
  const [file, data] = [options.get('file'), options.get('data')];
  if ((file === undefined) === (data === undefined)) return said("'-acpitable' requires one of 'data' or 'file'");
  let bytes = file === undefined ? HEADER_BYTES : 0;
  for (const path of (file ?? data ?? '').split(':')) {
    const node = machine.tree.get(path);
    if (node?.kind !== 'file') return said(`can't open file ${path}: No such file or directory`);
    bytes += typeof node.content === 'string' ? new TextEncoder().encode(node.content).length : node.content.length;
  }
  return bytes > MOST_BYTES ? said(`ACPI table too big, requested: ${bytes}, max: ${MOST_BYTES}`) : undefined;
}
