// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { awaitsReboot } from '../../src/app/engine/pending-file.ts';
import { rewriteLikePve } from '../../src/core/guest/vm-rewrite.ts';
import { rewriteCt } from '../../src/simulator/pve/lxc-rewrite.ts';
import { killGuest } from '../../src/simulator/pve/stop-vm.ts';
import { differing, expectSettled, files } from '../app/power-cut-setup.ts';
import { type Ran, typed } from '../cli/command-line.ts';
import type { MixedAct } from './mixed-acts.ts';
import { checkLooking, checkMachine, expectKnownEnd } from './mixed-checks.ts';
import { MixedNode, VMS } from './mixed-node.ts';
import { checkRefusal, MAY_NOT_START } from './mixed-starts.ts';

/** How a story begins. */
export interface MixedBeginning {
  readonly profile: string;
  /** Indexes into the ten kinds of containers. */
  readonly containers: readonly number[];
  /** A mode that is set up and booted before. */
  readonly mode: string | null;
}

/** A node on which people and pveigpu work by turns, with each guest's file as it would be without us. */
export class MixedStory {
  readonly node: MixedNode;
  readonly #wanted = new Map<number, string>();
  readonly #begun: { readonly [path: string]: string };
  readonly #begunGpus: readonly string[];
  /** GPUs that were pulled from under their users with `--force`. */
  readonly #forced = new Set<string>();
  readonly #open: number[] = [];
  #told = '';

  constructor({ profile, containers }: MixedBeginning) {
    this.node = new MixedNode(profile, containers);
    for (const id of this.node.ids) this.#wanted.set(id, this.node.file(id));
    this.#begun = files(this.node.machine);
    this.#begunGpus = this.node.gpuStates();
  }

  async act(act: MixedAct): Promise<void> {
    const before = new Map(this.node.ids.map((id) => [id, this.node.next(id)]));
    const addressed = await this.#do(act, before);
    for (const id of this.node.ids)
      if (!addressed.includes(id)) same(this.node.next(id), before.get(id) ?? '', `guest ${id}, of whom nothing was asked`);
    checkMachine(this.node, this.#forced);
    await checkLooking(this.node);
  }

  /** Everybody stopped and everything taken back: all files as without us, and each GPU as it was. */
  async end(): Promise<void> {
    const { machine } = this.node;
    await this.#stopAll();
    for (const uuid of this.node.mdevs()) machine.node.machine.kernel.write(`/sys/bus/mdev/devices/${uuid}/remove`, '1');
    await checkLooking(this.node, ['assignments', 'vf list', 'mdev list', 'pool list', 'history', 'plan host']);
    const back = await typed(machine, 'rollback --all --yes --force');
    if (back.code !== 0 && back.code !== 4) throw new Error(`rollback --all ends with ${back.code}: ${back.out}${back.err}`);
    for (const id of this.node.ids) same(this.node.next(id), this.#asPve(id), `guest ${id} in the end: ${back.out}`);
    for (let round = 0; round < 2 && (await awaitsReboot(machine.node)); round += 1) {
      await this.#reboot();
      await this.#stopAll();
      expectKnownEnd('confirm', await typed(machine, 'confirm --yes'));
    }
    const paths = this.node.ids.map((id) => [this.node.path(id), this.#asPve(id)] as const);
    const wanted = Object.entries({ ...this.#begun, ...Object.fromEntries(paths) }).filter(([, text]) => text !== '');
    const now = Object.entries(files(machine)).map(([path, text]) => [path, this.#canonical(path, text)] as const);
    const different = differing(Object.fromEntries(wanted), Object.fromEntries(now)).filter(
      (line) => !/^\/etc\/pve\/\.vmlist|^\/usr\/src\/linux-headers/.test(line),
    );
    if (different.length > 0) throw new Error(`not as without us:\n${different.join('\n')}`);
    await expectSettled(machine, 'at the end', true);
    await this.#reboot();
    expect(this.node.gpuStates()).toEqual(this.#begunGpus);
  }

  /** Does it; the guests that it may have changed. */
  async #do(act: MixedAct, before: ReadonlyMap<number, string>): Promise<readonly number[]> {
    const { node } = this;
    const id = 'guest' in act && act.guest !== null ? this.#id(act.guest) : 0;
    if ('guest' in act && act.guest !== null && node.file(id) === '') return this.#recreate(act, id);
    switch (act.do) {
      case 'pveigpu':
        return await this.#command(act, before);
      case 'pve':
        await this.#pve(act.verb, id);
        return [];
      case 'kill-guest':
        await killGuest(node.machine.node.machine, id);
        return [];
      case 'destroy':
        if ((await node.machine.run('qm', 'destroy', String(id))).exitCode === 0) this.#wanted.set(id, '');
        return [id];
      case 'edit':
        return await this.#edit(id, { [act.key]: act.value }, []);
      case 'by-hand': {
        const device = [...node.gpus(), ...node.gpus().flatMap((gpu) => node.vfsOf(gpu))].at(-1 - act.device);
        return device === undefined ? [] : await this.#edit(id, { hostpci5: device }, []);
      }
      case 'take-entry-away':
        return await this.#edit(id, {}, ['hostpci0']);
      case 'open-node':
        return this.#openNode(id);
      case 'close-nodes':
        for (const pid of this.#open.splice(0)) node.machine.node.machine.kernel.endProcess(pid);
        return [];
      case 'leave-mdev': {
        const types = `/sys/bus/pci/devices/${node.gpus()[0] ?? ''}/mdev_supported_types`;
        const [type] = node.machine.node.machine.tree.names(types) ?? [];
        if (type !== undefined)
          node.machine.node.machine.kernel.write(`${types}/${type}/create`, '00000000-0000-0000-0000-000000000999');
        return [];
      }
      case 'reboot-node':
        await this.#reboot();
        return [];
    }
  }

  async #command(act: MixedAct & { readonly do: 'pveigpu' }, before: ReadonlyMap<number, string>): Promise<readonly number[]> {
    const { node } = this;
    const gpu = node.isDual ? `--gpu ${act.second ? '0000:03:00.0' : '0000:00:02.0'}` : '';
    const words = act.line.replaceAll('{gpu}', gpu).replace(/ (-[12])(?= |$)/, (_, at) => ` ${this.#id(Number(at))}`);
    const line = `${words} --yes`.replace(/ +/g, ' ');
    this.#told = line;
    if (act.killedAt !== undefined && (await node.killedAt(act.killedAt, () => typed(node.machine, line))))
      await checkLooking(node);
    const hadVfs = node.gpus().some((one) => node.vfsOf(one).length > 0);
    const ran = await typed(node.machine, line);
    expectKnownEnd(line, ran);
    if (line.includes('--force')) for (const one of node.gpus()) this.#forced.add(one);
    const [verb, what] = line.split(' ');
    const guest = Number(what);
    if (verb === 'assign') return this.#assigned(guest, ran, before.get(guest) ?? '');
    if (verb === 'unassign') return this.#unassigned(guest, line, ran);
    if (verb === 'apply' && (ran.code === 0 || ran.code === 4)) this.#saysWhoLoses(what ?? '', line, ran, hadVfs);
    return what === '--all' ? this.#allBack(before) : [];
  }

  /** Done: it has something; refused: it has what it had. */
  #assigned(id: number, ran: Ran, had: string): readonly number[] {
    const now = this.node.next(id);
    if (ran.code === 0) expect(now, `${this.#told}: ${ran.out}`).not.toBe(this.#asPve(id));
    else same(now, this.node.applied(id, had), `${this.#told}: ${ran.err}`);
    return [id];
  }

  /** Done, or refused since there is nothing of ours: as it would be without us. */
  #unassigned(id: number, line: string, ran: Ran): readonly number[] {
    const now = this.node.next(id);
    if (line.includes('--force')) this.#wanted.set(id, withoutByHand(this.#wanted.get(id) ?? '', now));
    // Refused: there is nothing of ours.
    same(now, this.#asPve(id), `${line}: ${ran.out}${ran.err}`);
    return [id];
  }

  /** Each guest was taken back, or not come to. */
  #allBack(before: ReadonlyMap<number, string>): readonly number[] {
    for (const id of this.node.ids) {
      const now = this.node.next(id);
      if (now !== before.get(id)) same(now, this.#asPve(id), `${this.#told}, guest ${id}`);
    }
    return this.node.ids;
  }

  /** A mode in which a guest cannot have its slice is not set up without naming the guest. */
  #saysWhoLoses(mode: string, line: string, ran: Ran, hadVfs: boolean): void {
    if (line.includes('--force') || mode === 'auto' || this.node.isDual || !ran.out.includes('Done: ')) return;
    for (const id of this.node.ids) {
      const own = Object.entries(this.node.keys(id, this.node.next(id))).filter(
        ([key]) => !Object.hasOwn(this.node.keys(id, this.#asPve(id)), key),
      );
      const loses = own.some(([key, value]) => {
        if (/^dev\d/.test(key)) return mode === 'gvt-d';
        if (!/^hostpci/.test(key)) return false;
        if (/mdev=/.test(value)) return mode !== 'gvt-g';
        if (/^0000:00:02\.0/.test(value)) return mode !== 'gvt-d' && !this.#hasSign(id);
        // Who removed the VFs was told then.
        return mode !== 'sriov' && hadVfs;
      });
      if (loses) expect(ran.out + ran.err, `${line} names guest ${id}, which loses ${JSON.stringify(own)}`).toContain(String(id));
    }
  }

  #hasSign(id: number): boolean {
    return this.node.machine.node.machine.tree.get(`/var/lib/pveigpu/handover/${id}`) !== undefined;
  }

  async #pve(verb: string, id: number): Promise<void> {
    const { machine } = this.node;
    const tool = this.node.isContainer(id) ? 'pct' : 'qm';
    const { exitCode, text } = await machine.run(tool, verb, String(id));
    if (exitCode === 0 || verb === 'stop') return;
    expect(text, `${tool} ${verb} ${id} fails, with ${this.node.file(id)}`).toMatch(MAY_NOT_START);
    if (text.includes('is not started:')) await checkRefusal(this.node, id, text);
  }

  async #edit(id: number, set: { readonly [key: string]: string }, remove: readonly string[]): Promise<readonly number[]> {
    const options = Object.entries(set).flatMap(([key, value]) => [`--${key}`, value]);
    if (remove.length > 0) options.push('--delete', remove.join(','));
    const isContainer = this.node.isContainer(id);
    const { exitCode } = await this.node.machine.run(isContainer ? 'pct' : 'qm', 'set', String(id), ...options);
    const old = this.#wanted.get(id) ?? '';
    // A container whose node is gone is changed, and the command fails after that.
    if (exitCode === 0 || isContainer)
      this.#wanted.set(
        id,
        isContainer
          ? rewriteCt(old, { set: new Map(Object.entries(set)), deletes: remove, reverts: [], running: false }).text
          : rewriteLikePve(old, { set, remove }).text,
      );
    return [id];
  }

  /** Somebody makes a new VM with the number of one that is gone. */
  #recreate(act: MixedAct, id: number): readonly number[] {
    if (act.do !== 'pve') return [];
    const text = 'boot: order=scsi0\ncores: 1\nmemory: 64\nname: another\nostype: l26\n';
    this.node.machine.writeConfig(id, text);
    this.#wanted.set(id, text);
    return [id];
  }

  #openNode(ctid: number): readonly number[] {
    const { kernel, tree } = this.node.machine.node.machine;
    const path = '/dev/dri/renderD128';
    if (tree.get(path) === undefined || (ctid !== 0 && !this.node.isRunning(ctid))) return [];
    const cgroup = ctid === 0 ? {} : { cgroup: `/lxc/${ctid}/ns/system.slice/jellyfin.service` };
    this.#open.push(kernel.startProcess({ command: 'ffmpeg', argv: ['ffmpeg'], open: [path], ...cgroup }).pid);
    return [];
  }

  async #stopAll(): Promise<void> {
    const { machine } = this.node;
    for (const pid of this.#open.splice(0)) machine.node.machine.kernel.endProcess(pid);
    for (const id of this.node.ids)
      if (this.node.isRunning(id)) await machine.run(this.node.isContainer(id) ? 'pct' : 'qm', 'stop', String(id));
  }

  async #reboot(): Promise<void> {
    this.#open.length = 0;
    expect(await this.node.machine.node.reboot()).toEqual({ booted: true });
  }

  #id(guest: number): number {
    return guest < 0 ? (this.node.ctids.at(guest % Math.max(1, this.node.ctids.length)) ?? VMS[0]) : guest;
  }

  /** A guest's file in the form in which PVE writes it; others as they are. */
  #canonical(path: string, text: string): string {
    const id = this.node.ids.find((one) => this.node.path(one) === path);
    return id === undefined ? text : this.node.applied(id, text);
  }

  #asPve(id: number): string {
    return this.node.applied(id, this.#wanted.get(id) ?? '');
  }
}

/** What is wanted once `unassign --force` took what somebody had set by hand: without the devices that are gone. */
function withoutByHand(wanted: string, now: string): string {
  const isDevice = (line: string) => /^(?:hostpci|dev)\d+: /.test(line);
  return wanted
    .split('\n')
    .filter((line) => !isDevice(line) || now.includes(`${line}\n`))
    .join('\n');
}

function same(is: string, wanted: string, where: string): void {
  if (is === wanted) return;
  const lines = (text: string, other: string, sign: string) =>
    text
      .split('\n')
      .filter((line) => !other.split('\n').includes(line))
      .map((line) => `${sign}${line}`);
  throw new Error([where, ...lines(wanted, is, '-'), ...lines(is, wanted, '+')].join('\n'));
}
