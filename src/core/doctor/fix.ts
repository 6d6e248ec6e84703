// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mode } from '../gpu/verdict.ts';

/** A remedy that is a command of ours. Those that make a plan can be run by `doctor --fix`. */
export type Fix =
  /** With `force` lines that break the mode are switched off; they come back when the mode is taken back. */
  | { readonly kind: 'apply'; readonly mode: Mode; readonly gpu?: string; readonly force?: true }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'vf-create'; readonly gpu?: string }
  | { readonly kind: 'pool-sync'; readonly pool?: string }
  | { readonly kind: 'mdev-clean' }
  | { readonly kind: 'driver-install' }
  | { readonly kind: 'driver-repair' }
  | { readonly kind: 'driver-remove' }
  | { readonly kind: 'kernel-pin'; readonly release: string }
  | { readonly kind: 'kernel-unpin' }
  | { readonly kind: 'assign'; readonly vmid: number; readonly options?: readonly string[] }
  | { readonly kind: 'unassign'; readonly vmid: number }
  | { readonly kind: 'guest-verify'; readonly vmid: number };

/** The words to type after `pveigpu`, one kind a line. */
const WORDS: { readonly [K in Fix['kind']]: (fix: Extract<Fix, { kind: K }>) => readonly string[] } = {
  apply: ({ mode, gpu, force }) => [
    'apply',
    mode,
    ...(gpu === undefined ? [] : ['--gpu', gpu]),
    ...(force === true ? ['--force'] : []),
  ],
  confirm: () => ['confirm'],
  'vf-create': ({ gpu }) => ['vf', 'create', ...(gpu === undefined ? [] : ['--gpu', gpu])],
  'pool-sync': ({ pool }) => ['pool', 'sync', ...(pool === undefined ? [] : [pool])],
  'mdev-clean': () => ['mdev', 'clean'],
  'driver-install': () => ['driver', 'install'],
  'driver-repair': () => ['driver', 'repair'],
  'driver-remove': () => ['driver', 'remove'],
  'kernel-pin': ({ release }) => ['kernel', 'pin', release],
  'kernel-unpin': () => ['kernel', 'unpin'],
  assign: ({ vmid, options }) => ['assign', String(vmid), ...(options ?? [])],
  unassign: ({ vmid }) => ['unassign', String(vmid)],
  'guest-verify': ({ vmid }) => ['guest', String(vmid), '--verify'],
};

/** The arguments of the command that a remedy is, without the program's name. */
export function fixArguments<K extends Fix['kind']>(fix: Extract<Fix, { kind: K }>): readonly string[] {
  return WORDS[fix.kind as K](fix);
}

/** Whether the command shows a plan and asks before it changes anything, so that `doctor --fix` may run it. */
export function isPlan({ kind }: Fix): boolean {
  return kind !== 'guest-verify';
}
