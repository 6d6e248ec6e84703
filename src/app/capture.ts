// SPDX-License-Identifier: AGPL-3.0-or-later
import { anonymise } from '../core/capture/anonymise.ts';
import { printCapture } from '../core/capture/print-capture.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Host } from '../ports/host.ts';
import { recordingHost } from './recording-host.ts';
import { sense } from './sense/sense.ts';

/** A captured machine as text, and what was read of it but is not on the allow-list. */
export interface WrittenCapture {
  readonly text: string;
  readonly leftOut: readonly string[];
  readonly empty: boolean;
}

/** Senses a whole machine and gives what was read as one anonymised text, from which the same facts can be sensed. */
export async function recordCapture(host: Host): Promise<WrittenCapture> {
  const recording = recordingHost(host);
  await sense(recording.host);
  const { capture, leftOut } = anonymise(recording.entries());
  return {
    text: printCapture(capture),
    leftOut,
    empty: !capture.entries.some((entry) => entry.kind === 'file' && entry.content !== undefined),
  };
}

/** The text of a capture of a machine. Fails with `host.read` when nothing of it could be read. */
export async function writeCapture({ host }: { readonly host: Host }): Promise<Result<string>> {
  const { text, empty } = await recordCapture(host);
  if (!empty) return ok(text);
  return problem('host.read', `Nothing of ${host.label} could be read, so there is nothing to capture.`, {
    hint: 'Look whether /proc and /sys are there.',
  });
}
