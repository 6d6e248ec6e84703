// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { planConfirmation } from '../../src/app/confirm.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { newestRun } from '../../src/app/engine/journal.ts';
import { awaitsReboot } from '../../src/app/engine/pending-file.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { planRollback } from '../../src/app/rollback.ts';
import type { Mode } from '../../src/core/gpu/verdict.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import { isClosed } from '../../src/core/plan/journal-run.ts';
import type { ProblemCode, Result } from '../../src/core/problem.ts';
import { isOwnPath } from '../../src/core/setup/own-path.ts';
import { kernelPackage } from '../../src/simulator/packages/kernel-packages.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { differing, expectSettled, must } from '../app/power-cut-setup.ts';
import { HOOK_STUB, Simulated } from '../app/simulated.ts';

/** A file of the user's that is there before: its text, or what the user made of what was there. */
export interface UserFile {
  readonly path: string;
  readonly text: string | Uint8Array | ((old: string) => string);
}

export type SetupAct =
  | { readonly do: 'apply'; readonly mode: Mode; readonly force: boolean }
  | { readonly do: 'trial' | 'confirm' | 'reboot' | 'assign' | 'unassign' | 'start' | 'stop' | 'kernel' | 'rollback-all' }
  | { readonly do: 'rollback'; readonly back: number }
  | { readonly do: 'edit'; readonly file: number; readonly line: string };

/** Refusals that a story may run into; anything else is a fault of ours. */
const REFUSALS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'driver.source',
  'facts.differ',
  'gpu.cannot',
  'gpu.none',
  'gpu.several',
  'guest.config',
  'guest.locked',
  'guest.needs-flag',
  'guest.not-assigned',
  'guest.slice-taken',
  'guest.unknown',
  'host.unsupported',
  'kernel.cannot',
  'plan.drift',
  'usage',
  'vf.in-use',
  'vf.none',
  'vf.range',
]);

/** Files that a user edits, each in a way that keeps its meaning; an absent one is made. */
export const EDITED: readonly string[] = [
  '/etc/default/grub',
  '/etc/kernel/cmdline',
  '/etc/modprobe.d/mine.conf',
  '/etc/modprobe.d/pveigpu-mine.conf',
  '/etc/modules',
  '/etc/sysfs.conf',
  '/etc/default/grub.d/zz-mine.cfg',
  '/etc/initramfs-tools/modules',
];

const GUEST = 102;

/** A node on which a user and pveigpu work by turns, with the user's files as they would be without us. */
export class SetupStory {
  readonly machine: Simulated;
  /** Path to what the user wants there. */
  readonly wanted: Map<string, string>;
  #kernels = 0;

  constructor(profile: Profile, own: readonly UserFile[]) {
    this.machine = new Simulated(profile);
    const { tree } = this.machine.node.machine;
    for (const { path, text } of own) tree.setFile(path, typeof text === 'function' ? text(tree.text(path) ?? '') : text);
    // A unit is enabled, as whoever wrote it did.
    for (const { path } of own.filter((file) => file.path.endsWith('.service')))
      tree.setLink(path.replace('/system/', '/system/multi-user.target.wants/'), path);
    this.wanted = new Map(Object.entries(this.#etc()));
  }

  async act(act: SetupAct): Promise<void> {
    const { machine } = this;
    switch (act.do) {
      case 'apply':
        return await this.#apply(act.mode, act.force);
      case 'trial':
        return void (await this.#command(() => planHostSetup(machine.context, { mode: 'gvt-d', trial: true }), false));
      case 'confirm':
        return void (await this.#command(() => planConfirmation(machine.context), false));
      case 'reboot':
        return await this.#reboot();
      case 'assign':
        if (machine.config(GUEST) !== '') allowed(await machine.assign({ vmid: GUEST, mode: 'auto', hook: true }));
        return;
      case 'unassign':
        return allowed(await machine.unassign(GUEST));
      case 'start':
      case 'stop':
        return void (await machine.run('qm', act.do, String(GUEST)));
      case 'kernel':
        return await this.#installKernel();
      case 'rollback':
        return await this.#goBack(act.back);
      case 'rollback-all':
        return void (await this.#command(() => this.#allBack(), true));
      case 'edit':
        return this.#edit(EDITED[act.file % EDITED.length] ?? '', act.line);
    }
  }

  /** What holds after each act: the journal is closed, and no line of the user's is lost. */
  async check(where: string): Promise<void> {
    const newest = must(await newestRun(this.machine.node));
    if (newest !== null && !isClosed(newest)) throw new Error(`${where}: run ${newest.number} is ${newest.state}`);
    const now = this.#etc();
    for (const [path, text] of this.wanted) {
      // What stands at a path of ours is replaced, and comes back.
      if (isOwnPath(path) || path === '/etc/default/grub.d/pveigpu.cfg') continue;
      const lines = new Set((now[path] ?? '').split('\n').map((line) => line.replace(/^# pveigpu: /, '')));
      const mine = text.split('\n').filter((line) => line.startsWith('# mine'));
      for (const line of mine) if (!lines.has(line)) throw new Error(`${where}: ${path} lost "${line}"`);
    }
  }

  /** Guest stopped and everything taken back: all of /etc is as the user wants it. */
  async end(): Promise<void> {
    const { machine } = this;
    await machine.run('qm', 'stop', String(GUEST));
    const back = await this.#command(() => this.#allBack(), true);
    if (back !== undefined) throw new Error(`the way back is refused: ${back}`);
    await this.#reboot();
    // The unit that confirms is gone with the set-up, so that the user closes it; where nothing is awaited this does nothing.
    const closed = await this.#command(() => planConfirmation(machine.context), false);
    if (closed !== undefined) throw new Error(`the end is not confirmed: ${closed}`);
    const different = differing(Object.fromEntries(this.wanted), this.#etc());
    if (different.length > 0) throw new Error(`not as the user wants it:\n${different.join('\n')}`);
    await expectSettled(machine, 'at the end', true);
    await this.#reboot();
  }

  async #apply(mode: Mode, force: boolean): Promise<void> {
    const { machine } = this;
    const plan = () => planHostSetup(machine.context, { mode, force });
    const refused = await this.#command(plan, force);
    if (refused !== undefined) return;
    const again = must(await plan());
    if (again.steps.length > 0)
      throw new Error(`${mode} planned again: ${JSON.stringify(again.steps.map(({ action, reason }) => [action, reason]))}`);
  }

  async #goBack(back: number): Promise<void> {
    const { machine } = this;
    const newest = must(await newestRun(machine.node));
    if (newest === null) return;
    const to = Math.max(1, newest.number - back);
    await this.#command(() => planRollback(machine.context, { to, force: true }, { hookStub: HOOK_STUB }), true);
  }

  async #allBack(): Promise<Result<Plan>> {
    return await planRollback(this.machine.context, { to: 'all', force: true }, { hookStub: HOOK_STUB });
  }

  /** Does a command; the refusal that ended it, if one did. */
  async #command(plan: () => Promise<Result<Plan>>, force: boolean): Promise<string | undefined> {
    for (let round = 0; round < 9; round += 1) {
      const planned = await plan();
      if (!planned.ok) return refusal(planned);
      const blocker = planned.value.remarks.find(({ level, overridable }) => level === 'blocker' && !(force && overridable));
      if (blocker !== undefined) return blocker.text;
      const applied = await applyPlan(this.machine.context, planned.value, { force });
      if (!applied.ok) return refusal(applied);
      if (planned.value.then === undefined) return undefined;
    }
    throw new Error('the plans do not come to an end');
  }

  async #reboot(): Promise<void> {
    await this.machine.run('qm', 'stop', String(GUEST));
    const waits = await awaitsReboot(this.machine.node);
    expect(await this.machine.node.reboot(), waits ? 'the boot of a set-up' : 'a boot').toEqual({ booted: true });
  }

  /** An older kernel comes by apt, as with an upgrade, so that the running one stays the newest. */
  async #installKernel(): Promise<void> {
    const { machine } = this;
    this.#kernels += 1;
    const release = `6.5.${10 + this.#kernels}-1-pve`;
    const offered = kernelPackage(release);
    machine.node.machine.packages.offered.push(offered);
    await machine.must('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', 'install', offered.name);
  }

  /** The same edit in the file and in what the user wants of it. */
  #edit(path: string, line: string): void {
    const { tree } = this.machine.node.machine;
    // A line after the first is not read there, so the user adds a word.
    const change = (text: string) =>
      path === '/etc/kernel/cmdline' ? text.replace(/\n?$/, ` ${line.replace(/\W/g, '')}=1\n`) : `${text}# mine ${line}\n`;
    const now = tree.text(path);
    if (now === undefined && path === '/etc/kernel/cmdline') return;
    tree.setFile(path, change(now ?? ''));
    this.wanted.set(path, change(this.wanted.get(path) ?? ''));
  }

  /** All of /etc but what Proxmox VE keeps there by itself. */
  #etc(): { readonly [path: string]: string } {
    const kept = ([path]: readonly [string, string]) =>
      path.startsWith('/etc/') && !path.endsWith('/') && !/^\/etc\/pve\/\./.test(path);
    const { tree } = this.machine.node.machine;
    const bytes = (path: string, text: string) => {
      const node = tree.get(path);
      return node?.kind === 'file' && typeof node.content !== 'string' ? Buffer.from(node.content).toString('latin1') : text;
    };
    return Object.fromEntries(
      Object.entries(this.machine.lasting())
        .filter(kept)
        .map(([path, text]) => [path, bytes(path, text)]),
    );
  }
}

function refusal(result: Result<unknown> & { readonly ok: false }): string {
  allowed(result);
  return `${result.problem.code}: ${result.problem.message}`;
}

function allowed(result: Result<unknown>): void {
  if (result.ok || REFUSALS.has(result.problem.code)) return;
  throw new Error(`${result.problem.code}: ${result.problem.message} ${result.problem.hint ?? ''}`);
}
