// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind, Pool } from '../facts/guest-facts.ts';
import { printPoolEntry } from '../guest/pool-entry.ts';
import { rewriteLikePve } from '../guest/vm-rewrite.ts';
import type { ActionArgs, ActionName, PackageChoice, Plan, Remark, Step, StepOf } from './action.ts';
import { contentDiff, unified } from './content-diff.ts';
import { guestArgv } from './guest-argv.ts';
import { enableArgv, initramfsArgv, installArgv, pinArgv, refreshArgv, removeArgv } from './host-argv.ts';
import { createPoolOptions, updatePoolOptions } from './pool-argv.ts';
import { TRIAL_ID, type TrialEntry } from './trial-entry.ts';

/** What one step changes, for people and for `--json`. */
export interface PlannedChange {
  readonly action: ActionName;
  /** The file, attribute, guest or pool that it changes. */
  readonly subject: string;
  readonly reason: string;
  /** Lines of a unified diff, without the file headers; empty for a sysfs write. */
  readonly diff: readonly string[];
  /** The program that PVE is given, word by word. */
  readonly command?: readonly string[];
  /** How it is done where the command only stands for it: one sentence. */
  readonly does?: string;
  /** The value of a sysfs write. */
  readonly value?: string;
}

/** A plan as it is shown: a JSON value. */
export interface PlanDiff {
  readonly format: 1;
  readonly title: string;
  readonly changes: readonly PlannedChange[];
  readonly remarks: readonly Remark[];
  /** Why this node must be rebooted before all of it takes effect, as a sentence; null when it need not. */
  readonly reboot: string | null;
  /** What follows when this plan is done, as far as it can be foreseen. */
  readonly next?: { readonly text: string; readonly changes: readonly PlannedChange[] };
}

/** A guest's whole configuration text, where the caller has it: then the diff is of PVE's own rewrite. */
export type GuestTexts = (kind: GuestKind, vmid: number) => { readonly text: string; readonly running: boolean } | undefined;

type Shown = Omit<PlannedChange, 'action' | 'reason'>;
type Diffs = { readonly [K in ActionName]: (args: ActionArgs[K], guests: GuestTexts) => Shown };

/** ADR 16: both tools write over what the loader reads, so a power cut would leave it torn. */
const REFRESHES: { readonly [T in ActionArgs['refreshBoot']['tool']]: string } = {
  'update-grub': 'As update-grub; its new grub.cfg replaces the old one as a whole, and only when it starts a kernel.',
  'proxmox-boot-tool': 'As proxmox-boot-tool refresh; files that differ are replaced on each partition, each as a whole.',
};

const DIFFS: Diffs = {
  writeFile: ({ path, base64, mode, before }) => ({
    subject: path,
    diff: contentDiff(before, { kind: 'file', base64, mode, uid: 0, gid: 0 }),
  }),
  editFile: ({ path, base64, mode, before }) => ({
    subject: path,
    diff: contentDiff(before, { kind: 'file', base64, mode, uid: 0, gid: 0 }),
  }),
  run: ({ argv }) => ({ subject: argv[0], diff: [], command: argv }),
  enableUnit: (args) => ({ subject: `unit ${args.unit}`, diff: [], command: enableArgv(args) }),
  refreshBoot: ({ tool }) => ({ subject: 'boot loader', diff: [], command: refreshArgv(tool), does: REFRESHES[tool] }),
  updateInitramfs: ({ release }) => ({
    subject: `initramfs of ${release}`,
    diff: [],
    command: initramfsArgv(release),
    does: 'A new file takes the place of the old one as a whole; then it is looked into.',
  }),
  installPackage: ({ packages, before }) => ({
    subject: packagesText(packages),
    diff: packages.map(({ name, version }) => `+${name} ${version ?? '(newest)'}${wasText(before[name])}`),
    command: installArgv(packages),
  }),
  removePackage: ({ packages, before }) => ({
    subject: packagesText(packages),
    diff: packages.map(({ name }) => `-${name} ${before[name] ?? ''}`.trimEnd()),
    command: removeArgv(packages),
  }),
  pinKernel: ({ release, before }) => ({
    subject: 'kernel that boots by default',
    diff: [`-${before ?? "the loader's choice"}`, `+${release ?? "the loader's choice"}`],
    command: pinArgv(release),
    does: `As proxmox-boot-tool kernel ${release === null ? 'unpin' : 'pin'}; each of its files is written as a whole.`,
  }),
  trialEntry: ({ loader, entry, before }) => ({
    subject: `entry ${TRIAL_ID} of ${loader === 'grub' ? 'GRUB' : 'systemd-boot'}`,
    diff: unified(entryText(before), entryText(entry)),
  }),
  noteReboot: ({ pending }) => ({
    subject: 'pending reboot',
    diff: [],
    value: pending === null ? 'none' : `kernel ${pending.kernel}${parametersText(pending.parameters)}`,
  }),
  removeFile: ({ path, before }) => ({ subject: path, diff: contentDiff(before, { kind: 'absent' }) }),
  writeSysfs: ({ path, value }) => ({ subject: path, diff: [], value: value.trim() }),
  loadModule: ({ module }) => ({ subject: `module ${module}`, diff: [], command: ['modprobe', module] }),
  setGuestConfig: (args, guests) => {
    const command = guestArgv(args);
    return {
      subject: `${args.kind === 'qemu' ? 'VM' : 'container'} ${args.vmid}`,
      diff: guestDiff(args, guests),
      ...(command === null ? {} : { command }),
    };
  },
  forgetGuest: ({ kind, vmid }) => ({ subject: `notes on ${kind === 'qemu' ? 'VM' : 'container'} ${vmid}`, diff: [] }),
  createPool: ({ pool }) => ({
    subject: `pool ${pool.id}`,
    diff: unified('', poolText(pool)),
    command: ['pvesh', 'create', '/cluster/mapping/pci', ...createPoolOptions(pool)],
  }),
  updatePool: ({ pool, before, digest }) => ({
    subject: `pool ${pool.id}`,
    diff: unified(poolText(before), poolText(pool)),
    command: ['pvesh', 'set', `/cluster/mapping/pci/${pool.id}`, ...updatePoolOptions(pool, before, digest)],
  }),
  removePool: ({ before }) => ({
    subject: `pool ${before.id}`,
    diff: unified(poolText(before), ''),
    command: ['pvesh', 'delete', `/cluster/mapping/pci/${before.id}`],
  }),
};

/** What a plan would change, step by step. Same plan and texts, same answer. */
export function diffPlan(plan: Plan, guests: GuestTexts = () => undefined): PlanDiff {
  const changesOf = (steps: readonly Step[]) => steps.map((step) => changeOf(step as StepOf<ActionName>, guests));
  const { title, steps, remarks, then: text, ahead = [] } = plan;
  const next = text === undefined ? {} : { next: { text, changes: changesOf(ahead) } };
  return { format: 1, title, changes: changesOf(steps), remarks, reboot: rebootText(plan), ...next };
}

/** Remarks that say why a reboot is needed. */
const REBOOT_REMARKS: readonly string[] = ['setup.reboot', 'setup.waits', 'setup.trial', 'kernel.next-boot'];

function rebootText({ steps, remarks }: Plan): string | null {
  const said = remarks.find(({ id }) => REBOOT_REMARKS.includes(id));
  if (said !== undefined) return said.text;
  const awaited = steps.some((step) => step.action === 'noteReboot' && step.args.pending !== null);
  return awaited ? 'It takes effect with the next boot of this node.' : null;
}

/** What one step changes, in the words of a plan: a path, a unit, a guest. */
export function subjectOf(step: Step): string {
  return 'path' in step.args ? step.args.path : changeOf(step as StepOf<ActionName>, () => undefined).subject;
}

function changeOf<K extends ActionName>(
  step: Step & { readonly action: K; readonly args: ActionArgs[K] },
  guests: GuestTexts,
): PlannedChange {
  return { action: step.action, reason: step.reason, ...DIFFS[step.action](step.args, guests) };
}

/** With the guest's text: what PVE's own rewrite changes. Without: the touched keys alone. */
function guestDiff(args: ActionArgs['setGuestConfig'], guests: GuestTexts): readonly string[] {
  const { kind, vmid, set, remove, revert, before } = args;
  const guest = kind === 'qemu' ? guests(kind, vmid) : undefined;
  if (guest !== undefined) {
    return unified(guest.text, rewriteLikePve(guest.text, { set, remove, revert, running: guest.running }).text);
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(set), ...remove])].sort();
  return keys.flatMap((key) => {
    const old = before[key] ?? null;
    const wanted = set[key] ?? null;
    if (old === wanted) return [];
    return [...(old === null ? [] : [`-${key}: ${old}`]), ...(wanted === null ? [] : [`+${key}: ${wanted}`])];
  });
}

function packagesText(packages: readonly PackageChoice[]): string {
  return `${packages.length === 1 ? 'package' : 'packages'} ${packages.map(({ name }) => name).join(', ')}`;
}

function wasText(version: string | null | undefined): string {
  return version === null || version === undefined ? '' : `, was ${version}`;
}

function parametersText(parameters: readonly string[]): string {
  return parameters.length === 0 ? '' : ` with ${parameters.join(' ')}`;
}

function entryText(entry: TrialEntry | null): string {
  return entry === null ? '' : [`kernel ${entry.release}, started once, with:`, ...entry.words, ''].join('\n');
}

function poolText(pool: Pool): string {
  return [
    pool.id,
    ...(pool.description === undefined ? [] : [`\tdescription ${pool.description}`]),
    ...pool.entries.map((entry) => `\tmap ${printPoolEntry(entry)}`),
    ...(pool.mdev ? ['\tmdev 1'] : []),
    ...(pool.liveMigrationCapable ? ['\tlive-migration-capable 1'] : []),
    '',
  ].join('\n');
}
