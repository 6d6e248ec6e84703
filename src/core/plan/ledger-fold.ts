// SPDX-License-Identifier: AGPL-3.0-or-later
import { sha1Hex } from '../text/sha1.ts';
import type { ActionArgs, ActionName, StepOf } from './action.ts';
import { fromBase64, sameContent } from './file-image.ts';
import type { JournalRun } from './journal-run.ts';
import {
  forgetFile,
  forgetGuest,
  forgetPool,
  type Ledger,
  recordFile,
  recordGuest,
  recordPackage,
  recordPin,
  recordPool,
  recordUnit,
} from './ledger.ts';
import { isPool } from './pool-equality.ts';

type Folds = { readonly [K in ActionName]: (ledger: Ledger, args: ActionArgs[K]) => Ledger };

/** What each action means for the ledger; a new action without an answer does not compile. */
const FOLDS: Folds = {
  writeFile: (ledger, { path, base64, mode, before, release }) => {
    const written = { kind: 'file', base64, mode, uid: 0, gid: 0 } as const;
    const pristine = ledger.files[path]?.pristine ?? before;
    if (release === true || sameContent(written, pristine)) return forgetFile(ledger, path);
    return recordFile(ledger, path, before, sha1Hex(fromBase64(base64)));
  },
  removeFile: (ledger, { path, before, release }) => {
    const pristine = ledger.files[path]?.pristine ?? before;
    return release === true || pristine.kind === 'absent' ? forgetFile(ledger, path) : recordFile(ledger, path, before, null);
  },
  editFile: (ledger, { path, base64, mode, before, edit, release }) => {
    const written = { kind: 'file', base64, mode, uid: 0, gid: 0 } as const;
    const pristine = ledger.files[path]?.pristine ?? before;
    if (release === true || sameContent(written, pristine)) return forgetFile(ledger, path);
    return recordFile(ledger, path, before, sha1Hex(fromBase64(base64)), edit);
  },
  // What a program changed it takes back itself, and what it reads is in the ledger on its own account.
  run: (ledger) => ledger,
  refreshBoot: (ledger) => ledger,
  updateInitramfs: (ledger) => ledger,
  enableUnit: (ledger, { unit, enabled, before }) => recordUnit(ledger, unit, before, enabled),
  installPackage: (ledger, { packages, before }) =>
    Object.entries(before).reduce(
      (folded, [name, old]) => recordPackage(folded, name, old, packages.find((one) => one.name === name)?.version),
      ledger,
    ),
  removePackage: (ledger, { before }) =>
    Object.entries(before).reduce((folded, [name, old]) => recordPackage(folded, name, old, null), ledger),
  pinKernel: (ledger, { release, before }) => recordPin(ledger, before, release),
  // Kept in a file of its own, which the next boot settles.
  // It is started once and `pending.json` knows of it.
  trialEntry: (ledger) => ledger,
  noteReboot: (ledger) => ledger,
  // Sysfs is gone after a reboot: the desired state says what to make again, so nothing of it is in the ledger.
  writeSysfs: (ledger) => ledger,
  loadModule: (ledger) => ledger,
  setGuestConfig: (ledger, { kind, vmid, set, before, nodes, release }) => {
    if (release === true) return forgetGuest(ledger, vmid, Object.keys(before));
    const entries = Object.entries(before).map(
      ([key, old]) => [key, { before: old, value: set[key] ?? null, ...nodeOf(nodes, key) }] as const,
    );
    return recordGuest(ledger, kind, vmid, Object.fromEntries(entries));
  },
  forgetGuest: (ledger, { vmid }) => forgetGuest(ledger, vmid),
  createPool: (ledger, { pool }) => recordPool(ledger, pool.id, null),
  updatePool: (ledger, { pool, before }) => {
    const first = ledger.pools[pool.id];
    return first?.before !== undefined && isPool(first.before, pool)
      ? forgetPool(ledger, pool.id)
      : recordPool(ledger, pool.id, before);
  },
  removePool: (ledger, { before }) => forgetPool(ledger, before.id),
};

function nodeOf(nodes: { readonly [key: string]: string } | undefined, key: string): { readonly node?: string } {
  const node = nodes !== undefined && Object.hasOwn(nodes, key) ? nodes[key] : undefined;
  return node === undefined ? {} : { node };
}

/** The ledger after a run; the same ledger when that run is in it already, so folding twice is harmless. */
export function foldRun(ledger: Ledger, run: JournalRun): Ledger {
  if (ledger.lastRun >= run.number) return ledger;
  let folded = ledger;
  for (const { step, state } of run.steps)
    if (state === 'started' || state === 'done') folded = fold(folded, step as StepOf<ActionName>);
  return { ...folded, lastRun: run.number };
}

function fold<K extends ActionName>(ledger: Ledger, step: { readonly action: K; readonly args: ActionArgs[K] }): Ledger {
  return FOLDS[step.action](ledger, step.args);
}
