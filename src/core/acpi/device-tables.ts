// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../assign/guest-keys.ts';
import { tableDoubt } from '../assign/sweep-tables.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciIds } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { compareSeries } from '../gpu/kernel-version.ts';
import type { Remark } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { guestNode } from './guest-node.ts';
import { nodePath } from './rom-method.ts';
import { type RomFileNow, servedRom } from './served-rom.ts';
import { type TableChange, type TableGround, tableChange } from './table-change.ts';

/** What the tables of a guest are planned on. */
export interface AcpiGround extends TableGround {
  /** The ROM that is asked for. */
  readonly rom?: RomFileNow;
}

/** The tables of one device of a guest. */
export interface DeviceTablesWish {
  /** N of `hostpciN`. */
  readonly index: number;
  /** A file name in /usr/share/kvm. */
  readonly romfile: string;
  readonly battery: boolean;
  /** The device's own ids, where they are known. */
  readonly ids: PciIds | undefined;
}

/** The first QEMU whose tables describe a device below every root port. */
const ALWAYS_DESCRIBED = '8.0';

/** Plans the tables of one device; `config` is what the guest will have, `args` included. */
export function deviceTables(
  { facts, acpi }: { readonly facts: HostFacts; readonly acpi?: AcpiGround },
  guest: Guest,
  config: { readonly [key: string]: string },
  { index, romfile, battery, ids }: DeviceTablesWish,
): Result<TableChange & { readonly remarks: readonly Remark[] }> {
  if (/^(?:0|off|no|false)$/i.test(config.acpi ?? ''))
    return problem('guest.config', `${guestName(guest)} has ACPI switched off.`, { hint: `qm set ${guest.vmid} --acpi 1` });
  const node = guestNode(config, index);
  if (!node.ok) return node;
  const rom = servedRom(romfile, acpi?.rom, ids);
  if (!rom.ok) return rom;
  const qemu = ifKnown(facts.pve)?.qemuVersion;
  const makeNode = qemu?.state !== 'known' || compareSeries(qemu.value, ALWAYS_DESCRIBED) < 0;
  const wish = { index, node: node.value, rom: rom.value.bytes, romfile, makeNode, battery };
  const change = tableChange(guest.vmid, config.args ?? '', acpi ?? { files: {}, foreign: {} }, wish);
  if (!change.ok) return change;
  const { tables, sumBytes, removals } = change.value;
  const doubt = removals.length === 0 ? undefined : tableDoubt(facts, guest);
  const text = `${romfile} is handed out at ${nodePath(node.value)}: ${tables.length} tables of ours, ${sumBytes} bytes with all others.`;
  const remarks: readonly Remark[] = [
    ...rom.value.remarks,
    { level: 'note', id: 'acpi.rom-table', text },
    ...(doubt === undefined ? [] : [staysRemark(guest, doubt)]),
    ...(battery ? [batteryRemark(guest, config)] : []),
  ];
  return ok({ ...change.value, removals: doubt === undefined ? removals : [], remarks });
}

/** A clone or a snapshot would not start without them. */
function staysRemark(guest: Guest, doubt: string): Remark {
  return { level: 'note', id: 'acpi.tables-kept', text: `ACPI tables that ${guestName(guest)} needs no more stay: ${doubt}.` };
}

function batteryRemark(guest: Guest, { ostype }: { readonly [key: string]: string }): Remark {
  const isWindows = ostype?.startsWith('w') ?? false;
  const more = isWindows ? ' Windows takes its mouse for a touch pad then; a USB tablet (tablet: 1) is none.' : '';
  return { level: 'note', id: 'acpi.battery', text: `${guestName(guest)} gets a battery that is always full.${more}` };
}
