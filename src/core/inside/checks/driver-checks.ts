// SPDX-License-Identifier: AGPL-3.0-or-later
import { relevantLogLines } from '../../kernel-log/relevant-lines.ts';
import { gucState } from '../guc-state.ts';
import { explainLog } from '../log-explanations.ts';
import type { VerifyInput } from '../verify-input.ts';
import type { InsideCheck } from '../verify-view.ts';

/** Lines of a log that stand beside a finding. */
const SHOWN_LINES = 5;

/** Which driver has the GPU, how its firmware does, and what the kernel's log says. A container has the host's. */
export function driverChecks(input: VerifyInput): readonly InsideCheck[] {
  const checks: InsideCheck[] = input.node === undefined ? [] : [driverCheck(input)];
  return input.inside.guest.kind === 'lxc' ? checks : [...checks, ...logChecks(input)];
}

function driverCheck({ node, driver }: VerifyInput): InsideCheck {
  if (driver === undefined)
    return { id: 'driver', level: 'unknown', text: `Which driver has ${node?.name} could not be read.`, evidence: [] };
  if (driver === 'i915' || driver === 'xe') return { id: 'driver', level: 'good', text: `${driver} has the GPU.`, evidence: [] };
  return { id: 'driver', level: 'wrong', text: `${driver} has the GPU, not i915 or xe.`, evidence: [] };
}

function logChecks({ inside, log }: VerifyInput): readonly InsideCheck[] {
  if (log === undefined || log.exitCode !== 0)
    return [{ id: 'log', level: 'unknown', text: "The guest's kernel log could not be read.", evidence: [] }];
  const { lines } = relevantLogLines(log.stdout);
  const troubles = explainLog(lines);
  const checks = troubles.map(
    ({ line, text, hint, source }): InsideCheck => ({
      id: 'log',
      level: 'wrong',
      text,
      ...(hint === undefined ? {} : { hint }),
      evidence: source === undefined ? [line] : [line, `seen in ${source}`],
    }),
  );
  const quiet: InsideCheck = { id: 'log', level: 'good', text: 'The kernel log has no error about the GPU.', evidence: [] };
  const isMediated = inside.slice.kind === 'mdev';
  return [...(isMediated ? [] : [gucCheck(lines)]), ...(checks.length === 0 ? [quiet] : checks)];
}

function gucCheck(lines: readonly string[]): InsideCheck {
  const { role, guc, submission, huc } = gucState(lines);
  const evidence = lines.filter((line) => /\b(guc|huc)\b|SR-IOV VF mode/i.test(line)).slice(0, SHOWN_LINES);
  if (submission === undefined && guc === undefined) {
    const text = 'The kernel log says nothing of the GuC firmware.';
    // A ring: after weeks the lines of the boot are gone, and older generations run without GuC.
    return role === 'vf' ? { id: 'guc', level: 'unknown', text, evidence } : { id: 'guc', level: 'skipped', text, evidence };
  }
  const version = guc === undefined ? '' : ` ${guc}`;
  if (submission === false && role === 'vf')
    return {
      id: 'guc',
      level: 'wrong',
      text: `GuC${version} does not schedule the work, and a VF needs that.`,
      hint: 'Set enable_guc=3 for i915.',
      evidence,
    };
  const place = role === 'vf' ? ' on a VF' : '';
  const medium = huc === undefined ? '' : huc ? ', HuC runs' : ', HuC does not run';
  const what = submission === false ? `is loaded, the work is scheduled without it` : 'schedules the work';
  return { id: 'guc', level: 'good', text: `GuC${version} ${what}${place}${medium}.`, evidence };
}
