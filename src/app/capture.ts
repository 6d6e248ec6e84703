// SPDX-License-Identifier: AGPL-3.0-or-later
import { anonymise } from '../core/capture/anonymise.ts';
import { printCapture } from '../core/capture/print-capture.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Host } from '../ports/host.ts';
import { readDoctorReadings } from './doctor-case.ts';
import { recordingHost } from './recording-host.ts';

/** A captured machine as text, and what was read of it but is not on the allow-list. */
export interface WrittenCapture {
  readonly text: string;
  readonly leftOut: readonly string[];
  readonly empty: boolean;
  /** Free text with the names of this machine replaced as in the capture. */
  readonly rename: (text: string) => string;
}

/**
 * Reads all of a machine that doctor rests on and gives it as one anonymised text, from which the same facts can be sensed; with
 * `deep` what programs say, too.
 */
export async function recordCapture(host: Host, { deep = false }: { readonly deep?: boolean } = {}): Promise<WrittenCapture> {
  const recording = recordingHost(host);
  await readDoctorReadings(recording.host, { deep });
  const { capture, leftOut, rename } = anonymise(recording.entries());
  return {
    text: printCapture(capture),
    leftOut,
    empty: !capture.entries.some((entry) => entry.kind === 'file' && entry.content !== undefined),
    rename,
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
