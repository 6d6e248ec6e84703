// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionArgs, ActionName, Step, StepOf, SysfsCheck } from './action.ts';
import { isConsumer } from './consumers.ts';
import { invertEdit } from './merge-edits.ts';

type Inverses = { readonly [K in ActionName]: (args: ActionArgs[K]) => Step | null };

/** For each action the step that takes it back, or null when there is nothing to take back. */
const INVERSES: Inverses = {
  writeFile: ({ path, base64, mode, before }) => {
    const written = { kind: 'file', base64, mode, uid: 0, gid: 0 } as const;
    if (before.kind === 'absent') return { action: 'removeFile', args: { path, before: written }, reason: 'take it back' };
    return {
      action: 'writeFile',
      args: { path, base64: before.base64, mode: before.mode, before: { ...before, base64 } },
      reason: 'take it back',
    };
  },
  removeFile: ({ path, before }) => {
    if (before.kind === 'absent') return null;
    const { base64, mode } = before;
    return { action: 'writeFile', args: { path, base64, mode, before: { kind: 'absent' } }, reason: 'put it back' };
  },
  editFile: ({ path, base64, mode, before, edit }) => {
    const written = { kind: 'file', base64, mode, uid: 0, gid: 0 } as const;
    if (before.kind === 'absent') return { action: 'removeFile', args: { path, before: written }, reason: 'take it back' };
    return {
      action: 'editFile',
      args: { path, base64: before.base64, mode: before.mode, before: { ...before, base64 }, edit: invertEdit(edit) },
      reason: 'take it back',
    };
  },
  run: (args) => {
    const { argv, undo, done, timeoutMs } = args;
    if (isConsumer({ action: 'run', args, reason: '' })) return { action: 'run', args, reason: 'with the files as they were' };
    const opposite = done === undefined ? undefined : oppositeOf(done);
    if (undo === null) return null;
    return {
      action: 'run',
      args: { argv: undo, undo: argv, ...(opposite === undefined ? {} : { done: opposite }), timeoutMs },
      reason: 'take it back',
    };
  },
  enableUnit: ({ unit, enabled, before }) =>
    enabled === before
      ? null
      : { action: 'enableUnit', args: { unit, enabled: before, before: enabled }, reason: 'as it was before' },
  refreshBoot: (args) => ({ action: 'refreshBoot', args, reason: 'with the files as they were' }),
  updateInitramfs: ({ release }) => ({
    action: 'updateInitramfs',
    args: { release, holds: [] },
    reason: 'with the files as they were',
  }),
  // A version that was there before may be in no repository any more, and somebody else's package is not ours to remove.
  installPackage: ({ packages, before }) => {
    const ours = Object.keys(before).filter((name) => before[name] === null);
    if (ours.length === 0) return null;
    const chosen = (name: string) => packages.find((one) => one.name === name)?.version ?? '';
    return {
      action: 'removePackage',
      args: {
        packages: ours.map((name) => ({ name })),
        before: Object.fromEntries(ours.map((name) => [name, chosen(name)])),
      },
      reason: 'was not installed before',
    };
  },
  removePackage: ({ before }) => {
    const gone = Object.entries(before).flatMap(([name, version]) => (version === null ? [] : [{ name, version }]));
    if (gone.length === 0) return null;
    return {
      action: 'installPackage',
      args: {
        packages: gone.map(({ name, version }) => (version === '' ? { name } : { name, version })),
        before: Object.fromEntries(gone.map(({ name }) => [name, null])),
      },
      reason: 'put it back',
    };
  },
  pinKernel: ({ release, before }) => ({
    action: 'pinKernel',
    args: { release: before, before: release },
    reason: 'as it was before',
  }),
  trialEntry: ({ loader, entry, before }) => ({
    action: 'trialEntry',
    args: { loader, entry: before, before: entry },
    reason: before === null ? 'take it back' : 'put it back',
  }),
  noteReboot: ({ pending, before }) => ({
    action: 'noteReboot',
    args: { pending: before, before: pending },
    reason: 'as it was before',
  }),
  writeSysfs: ({ path, value, undo, verify, verifyUndo, timeoutMs, mustBeFree }) =>
    undo === null
      ? null
      : {
          action: 'writeSysfs',
          args: {
            path,
            value: undo,
            undo: value,
            ...(verifyUndo === undefined ? {} : { verify: verifyUndo }),
            ...(verify === undefined ? {} : { verifyUndo: verify }),
            timeoutMs,
            mustBeFree,
          },
          reason: 'take it back',
        },
  // A loaded module harms nobody, and others may use it by then.
  loadModule: () => null,
  setGuestConfig: (args) => ({ action: 'setGuestConfig', args: guestInverse(args), reason: 'give the guest back what it had' }),
  // The ledger of a run that is taken back was never written.
  forgetGuest: () => null,
  createPool: ({ pool }) => ({ action: 'removePool', args: { before: pool }, reason: 'take it back' }),
  updatePool: ({ pool, before }) => ({
    action: 'updatePool',
    args: { pool: before, before: pool, digest: '' },
    reason: 'give the pool back its entries',
  }),
  removePool: ({ before }) => ({ action: 'createPool', args: { pool: before }, reason: 'put it back' }),
};

/** The step that takes one step back, or null when it needs no undoing. */
export function inverseOf(step: Step): Step | null {
  return inverse(step as StepOf<ActionName>);
}

function inverse<K extends ActionName>(step: { readonly action: K; readonly args: ActionArgs[K] }): Step | null {
  return INVERSES[step.action](step.args);
}

/** What is true once it is taken back; for a link that cannot be said, so that it is then taken back each time. */
function oppositeOf({ kind, path }: SysfsCheck): SysfsCheck | undefined {
  if (kind === 'link-name') return undefined;
  return { kind: kind === 'exists' ? 'absent' : 'exists', path };
}

/**
 * The way back of a guest change. The digest is empty, since PVE's rewrite decides it: the executor looks at the touched
 * keys instead, and turns the wish into set, delete or revert by what is pending then.
 */
function guestInverse(args: ActionArgs['setGuestConfig']): ActionArgs['setGuestConfig'] {
  const touched = Object.keys(args.before);
  const set: { [key: string]: string } = {};
  const remove: string[] = [];
  const before: { [key: string]: string | null } = {};
  for (const key of touched) {
    const old = args.before[key] ?? null;
    if (old === null) remove.push(key);
    else set[key] = old;
    // What a reverted key has afterwards stands only in the file, so it is not part of the precondition.
    if (!args.revert.includes(key)) before[key] = args.set[key] ?? null;
  }
  return { kind: args.kind, vmid: args.vmid, set, remove, revert: [], digest: '', before };
}
