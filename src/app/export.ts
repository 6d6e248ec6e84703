// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseGroupFile } from '../core/container/group-file.ts';
import type { ExportCase } from '../core/export/export-case.ts';
import type { Exported, ExportFormat } from '../core/export/exported.ts';
import { type ExportRequest, makeCase } from '../core/export/make-case.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Context } from './context.ts';
import { sense } from './sense/sense.ts';
import { VERDICT_SECTIONS } from './verdict.ts';

/** A slice of this machine as a text for another program. */
export interface ExportedSlice extends Exported {
  readonly one: ExportCase;
}

/** Writes a slice of this machine in a format. Nothing is changed; a slice that the format cannot carry is refused with the reason. */
export async function exportSlice(
  { host }: Context,
  format: ExportFormat,
  request: Omit<ExportRequest, 'renderGid'>,
): Promise<Result<ExportedSlice>> {
  const wanted = request.slice?.kind;
  if (wanted !== undefined && !format.slices.includes(wanted))
    return problem('usage', `${format.name} cannot carry ${wanted}. ${format.whyNotOthers}`, {
      hint: `It takes --slice ${format.slices.join(' or ')}.`,
    });
  const group = await host.read('/etc/group');
  const groups = group.kind === 'content' ? parseGroupFile(group.value) : [];
  const renderGid = groups.find(({ name }) => name === 'render')?.gid ?? null;
  const one = makeCase(await sense(host, VERDICT_SECTIONS), { ...request, renderGid }, format.slices);
  return one.ok ? ok({ ...format.write(one.value), one: one.value }) : one;
}
