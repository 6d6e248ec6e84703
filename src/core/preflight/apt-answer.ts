// SPDX-License-Identifier: AGPL-3.0-or-later
import { simulatedChanges } from '../plan/apt-simulation.ts';
import { visible } from '../text/visible.ts';

/** What apt says about an installation that it only tries out. */
export type AptAnswer =
  | { readonly kind: 'fine'; readonly removes: readonly string[] }
  /** No source has these packages, or not in the version asked for. */
  | { readonly kind: 'unknown'; readonly names: readonly string[] }
  /** The lines that say what depends on what. */
  | { readonly kind: 'unmet'; readonly lines: readonly string[] }
  /** A run of dpkg was broken off. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'other'; readonly said: string };

/** apt's own sentences in the C locale (apt 2.6 and 3.0, apt-private/private-cacheset.cc, private-cachefile.cc, cachefile.cc). */
const UNKNOWN: readonly RegExp[] = [
  /^E: Unable to locate package (\S+)$/,
  /^E: Version '\S+' for '(\S+)' was not found$/,
  /^E: Package '(\S+)' has no installation candidate$/,
];

/** Reads what `apt-get -s install` printed and how it ended. */
export function readAptAnswer(exitCode: number, stdout: string, stderr: string): AptAnswer {
  if (exitCode === 0) return { kind: 'fine', removes: simulatedChanges(stdout).removes };
  const errors = stderr.split('\n').filter((line) => line.startsWith('E: '));
  if (errors.some((line) => line.startsWith('E: dpkg was interrupted'))) return { kind: 'interrupted' };
  const names = errors.flatMap((line) => UNKNOWN.flatMap((pattern) => pattern.exec(line)?.[1] ?? []));
  if (names.length > 0) return { kind: 'unknown', names: names.map((name) => visible(name, 120)) };
  const unmet = stdout.split('\n').slice(stdout.split('\n').findIndex((line) => line.endsWith('unmet dependencies:')) + 1);
  const lines = unmet
    .filter((line) => /^ \S+ : |^ {2,}\S+: /.test(line))
    .map((line) => visible(line.trim().replace(/\s+/g, ' '), 200));
  if (errors.length > 0 && stdout.includes('unmet dependencies:') && lines.length > 0) return { kind: 'unmet', lines };
  return { kind: 'other', said: visible((errors[0] ?? stderr.trim().split('\n').pop() ?? '').replace(/^E: /, ''), 300) };
}
