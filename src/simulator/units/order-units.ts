// SPDX-License-Identifier: AGPL-3.0-or-later
import type { UnitFile } from './unit-file.ts';

/** Sorts units so that `After=` and `Before=` hold among them; otherwise by name. In a circle the one that comes first by name is started first. */
export function orderUnits(units: readonly UnitFile[]): readonly UnitFile[] {
  const left = [...units].sort((a, b) => (a.name < b.name ? -1 : 1));
  const done: UnitFile[] = [];
  while (left.length > 0) {
    const ready = left.findIndex((unit) => !left.some((other) => other !== unit && comesBefore(other, unit)));
    done.push(...left.splice(Math.max(ready, 0), 1));
  }
  return done;
}

function comesBefore(one: UnitFile, other: UnitFile): boolean {
  return one.before.includes(other.name) || other.after.includes(one.name);
}

/** The units that are ordered before a unit, directly or through others, itself not among them. */
export function unitsBefore(units: readonly UnitFile[], name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (later: UnitFile) => {
    for (const unit of units) {
      if (unit === later || found.has(unit.name) || !comesBefore(unit, later)) continue;
      found.add(unit.name);
      visit(unit);
    }
  };
  const last = units.find((unit) => unit.name === name);
  if (last !== undefined) visit(last);
  return found;
}
