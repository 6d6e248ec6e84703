// SPDX-License-Identifier: AGPL-3.0-or-later
import { type AssignLine, assignLine } from '../core/import/assign-line.ts';
import type { ImportedDevice, ImportRemark } from '../core/import/imported.ts';
import { propertyRemarks } from '../core/import/property-remarks.ts';
import { readImport } from '../core/import/reader-table.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Context } from './context.ts';
import { sense } from './sense/sense.ts';

/** What a text of another program says, and what gives the same here. */
export interface ImportView {
  readonly form: string;
  readonly guest: string | null;
  readonly devices: readonly (ImportedDevice & { readonly assign: AssignLine })[];
  readonly remarks: readonly ImportRemark[];
}

/** Reads a text and looks its devices up on this machine. Nothing is written. */
export async function importText({ host }: Context, text: string): Promise<Result<ImportView>> {
  const read = readImport(text);
  if (!read.ok) return read;
  const { form, guest, devices, remarks } = read.value;
  if (devices.length === 0)
    return problem('usage', `This ${form} text gives no GPU, VF, mediated device or render node to anybody.`, {
      hint: 'Give a text with a device in it.',
    });
  const facts = await sense(host, ['pci', 'drm']);
  const assigned = devices.map((device) => ({ ...device, assign: assignLine(facts, device) }));
  const all = [...remarks, ...assigned.flatMap((device) => [...propertyRemarks(device), ...device.assign.remarks])];
  return ok({ form, guest, devices: assigned, remarks: unique(all) });
}

function unique(remarks: readonly ImportRemark[]): readonly ImportRemark[] {
  return [...new Map(remarks.map((remark) => [remark.text, remark])).values()];
}
