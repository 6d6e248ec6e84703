// SPDX-License-Identifier: AGPL-3.0-or-later
import { tablesFolder } from '../acpi/own-tables.ts';
import { removeTables, type TableGround } from '../acpi/table-change.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { guestUses, unknownGuests } from '../pool/pool-users.ts';
import type { Sweep } from './sweep.ts';

/** The ACPI tables of a guest go when no other guest (a clone) and no snapshot names them. */
export function sweepTables(facts: HostFacts, guest: Guest, files: TableGround['files']): Sweep {
  if (Object.keys(files).length === 0) return { steps: [], remarks: [] };
  const doubt = tableDoubt(facts, guest);
  if (doubt === undefined) return { steps: removeTables(guest.vmid, files), remarks: [] };
  const text = `The ACPI tables in ${tablesFolder(guest.vmid)} stay: ${doubt}.`;
  return { steps: [], remarks: [{ level: 'note', id: 'acpi.tables-kept', text }] };
}

/** Why tables of a guest must not go: who else names its folder, or that this is not known; undefined where nothing speaks against it. */
export function tableDoubt(facts: HostFacts, guest: Guest): string | undefined {
  const folder = tablesFolder(guest.vmid);
  const uses = guestUses(facts, (key, value) => key === 'args' && value.includes(`${folder}/`));
  const users = [
    ...new Set(uses.filter((use) => use.guest.vmid !== guest.vmid || use.section.snapshot === true).map(({ name }) => name)),
  ];
  return users.length > 0 ? `${users.join(', ')} ${users.length > 1 ? 'name' : 'names'} them` : unknownGuests(facts);
}
