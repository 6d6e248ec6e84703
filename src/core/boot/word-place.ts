// SPDX-License-Identifier: AGPL-3.0-or-later
import type { WordPlace } from './edit-words.ts';
import type { ShellAssignment } from './shell-assignments.ts';

/**
 * Where words go in the value of an assignment: before its closing quote, else in quotes of their own behind it. What we put
 * there can be told from what was there, so that the way back is exact for `X=`, `X=""` and `X=word` alike.
 */
export function placeInAssignment(text: string, { valueStart, end, quotedEnd, value }: ShellAssignment): WordPlace {
  const bareEnd = text[end - 1] === '\r' && end > valueStart ? end - 1 : end;
  const raw = text.slice(valueStart, bareEnd);
  if (raw === '""' || raw === "''") return { value, insert: { at: bareEnd - 1, head: '', tail: '' } };
  if (quotedEnd !== undefined) return { value, insert: { at: quotedEnd - 1, head: ' ', tail: '' } };
  return { value, insert: { at: bareEnd, head: '" ', tail: '"' } };
}

/**
 * Where words go in `/etc/kernel/cmdline`: behind the last parameter of the first line, before a `--`. Undefined when that line
 * is empty. Proxmox's tool reads no other line (proxmox-kernel-helper, get_first_line).
 */
export function placeInCmdline(text: string): WordPlace | undefined {
  const line = /^[^\n]*/.exec(text)?.[0].replace(/\r$/, '') ?? '';
  const parameters = /^(.*?)(?=[ \t]--(?:[ \t]|$))/.exec(line)?.[0] ?? line;
  const at = parameters.replace(/[ \t]+$/, '').length;
  return at === 0 ? undefined : { value: [{ text: line, at: 0 }], insert: { at, head: ' ', tail: '' } };
}
