// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseDesired } from '../plan/desired.ts';
import { type PendingReboot, parsePending } from '../plan/pending-reboot.ts';
import { printStored } from '../plan/stored-format.ts';
import { keptCmdlineWords } from './kept-cmdline.ts';
import { keptModprobe } from './kept-modprobe.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** What was asked of the node: modes, numbers and PCI ids alone. A file that cannot be read stays one, empty. */
export function keptDesired(text: string): string {
  const desired = parseDesired(text, '');
  return desired.ok ? printStored(desired.value) : '';
}

/** What the next boot is awaited with; boots are told apart by numbers instead of their ids. */
export function keptPending(text: string, names: Pseudonyms): string {
  const read = parsePending(text, '');
  if (!read.ok) return '';
  const { bootId, parameters, booted } = read.value;
  const kept: PendingReboot = {
    ...read.value,
    bootId: bootId === null ? null : names.of('boot', bootId),
    parameters: parameters.map(keptCmdlineWords),
    ...(booted === undefined ? {} : { booted: keptModprobe(booted) }),
  };
  return printStored(kept);
}
