// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import { HOOK_FILE, POOL_BY_ASSIGN } from '../../src/core/assign/ours.ts';
import type { Pool } from '../../src/core/facts/guest-facts.ts';
import { parsePoolConfig } from '../../src/core/guest/pool-config.ts';
import { readVmModel } from '../../src/core/guest/vm-model.ts';
import { canonicalVmConfig, rewriteLikePve } from '../../src/core/guest/vm-rewrite.ts';
import type { Bdf } from '../../src/core/pci/address.ts';
import type { ProblemCode, Result } from '../../src/core/problem.ts';
import { moveVm } from '../../src/simulator/pve/guest-files.ts';
import { addClusterNode } from '../../src/simulator/pve/install.ts';
import { killGuest } from '../../src/simulator/pve/stop-vm.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { bdf } from '../support/facts.ts';

/** The GPUs of the machine that has two. */
const TWO_GPUS = ['0000:00:02.0', '0000:03:00.0'] as const;
/** A device of the user's own: an NVMe disk where the machine has one. */
const OWN_DEVICE = '0000:01:00.0';
const OWN_HOOK = 'local:snippets/mine.pl';
const OTHER = 'other';
const POOL = 'igpu-vf';
/** What another node of the cluster has in the pool before this one does anything. */
const OTHER_ENTRY = `map id=8086:4680,iommugroup=20,node=${OTHER},path=0000:00:02.1,subsystem-id=1043:8694`;
const OTHER_POOL = `${POOL}\n\t${OTHER_ENTRY}\n\tdescription ${POOL_BY_ASSIGN}\n\n`;

/** Refusals that the sequence may run into; anything else is a fault of ours. */
const REFUSALS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'gpu.cannot',
  'gpu.none',
  'gpu.several',
  'guest.config',
  'guest.locked',
  'guest.needs-flag',
  'guest.not-assigned',
  'guest.slice-taken',
  'guest.unknown',
  'pool.invalid',
  'vf.in-use',
  'vf.none',
  'vf.range',
]);

/** Why a guest whose slice was just assigned may still not start: somebody else has the device, or it runs already. */
const MAY_NOT_START = /already running|already in use by|currently reserved|could not find a free device|is in use by VM/;

export interface AssignAct {
  readonly do: 'assign';
  readonly vm: number;
  readonly gpu: number;
  readonly vf?: number;
  readonly hook?: boolean;
  readonly start?: boolean;
}

export type Act =
  | AssignAct
  | { readonly do: 'unassign' | 'start' | 'stop' | 'crash' | 'reboot' | 'migrate' | 'return'; readonly vm: number }
  | { readonly do: 'edit'; readonly vm: number; readonly key: string; readonly value: string }
  | { readonly do: 'take-over' | 'take-away'; readonly vm: number }
  | { readonly do: 'vf-create'; readonly gpu: number; readonly count: number }
  | { readonly do: 'vf-remove'; readonly gpu: number }
  | { readonly do: 'reboot-node' | 'start-all' };

/** How a story begins. */
export interface Beginning {
  readonly profile: string;
  /** The first guest has a hookscript of the user's. */
  readonly ownHook: boolean;
  /** Another node has the pool already. */
  readonly otherPool: boolean;
}

/** A node, its guests, and what the user wants of each file, kept beside. */
export class Story {
  readonly node: Simulated;
  readonly vmids: readonly number[];
  readonly begun: { readonly [path: string]: string };
  readonly begunPfs: readonly string[];
  /** Each guest's file as it would be without us. */
  readonly wanted = new Map<number, string>();
  readonly #hasDisk: boolean;
  readonly #handMade: boolean;

  constructor({ profile, ownHook, otherPool }: Beginning) {
    this.node = simulated(profile);
    this.#handMade = profile.endsWith('by-hand');
    const { machine } = this.node.node;
    addClusterNode(machine, OTHER);
    const { tree } = machine;
    const names = tree.names('/etc/pve/nodes/pve/qemu-server') ?? [];
    this.vmids = names.map((name) => Number.parseInt(name, 10)).slice(0, 3);
    const [first, last] = [this.vmids[0], this.vmids.at(-1)];
    this.#hasDisk = tree.text(`/sys/bus/pci/devices/${OWN_DEVICE}/class`)?.startsWith('0x01') === true;
    if (last !== undefined && this.#hasDisk && !this.#handMade) this.#addLine(last, `hostpci0: ${OWN_DEVICE}`);
    if (first !== undefined && ownHook) {
      tree.setFile('/var/lib/vz/snippets/mine.pl', '#!/usr/bin/perl\n', { mode: 0o755 });
      this.#addLine(first, `hookscript: ${OWN_HOOK}`);
    }
    if (otherPool) tree.setFile('/etc/pve/mapping/pci.cfg', OTHER_POOL, { mode: 0o640, gid: 33 });
    for (const vmid of this.vmids) this.wanted.set(vmid, this.node.config(vmid));
    this.begun = this.node.lasting();
    this.begunPfs = this.#pfs();
  }

  async act(step: Act): Promise<void> {
    const { node } = this;
    const vmid = 'vm' in step ? (this.vmids[step.vm % Math.max(1, this.vmids.length)] ?? 0) : 0;
    switch (step.do) {
      case 'assign':
        return await this.#assign(vmid, step);
      case 'unassign':
        return await this.#unassign(vmid);
      case 'vf-create':
        return allowed(
          await node.carryOut(async () => await planVfCreate(node.context, { ...this.#gpu(step.gpu), count: step.count })),
        );
      case 'vf-remove':
        return allowed(await node.carryOut(async () => await planVfRemove(node.context, this.#gpu(step.gpu))));
      case 'crash':
        return await killGuest(node.node.machine, vmid);
      case 'return':
        return moveVm(node.node.machine, vmid, OTHER, 'pve');
      case 'reboot-node':
        expect(await node.node.reboot()).toEqual({ booted: true });
        return;
      case 'start-all':
        await Promise.all(this.vmids.map(async (one) => await node.run('qm', 'start', String(one))));
        return;
      case 'edit':
        return await this.#edit(vmid, { set: { [step.key]: step.value } });
      case 'take-over':
        // The user replaces an entry, ours or not, by one of their own.
        return this.#hasDisk ? await this.#edit(vmid, { set: { hostpci0: `${OWN_DEVICE},rombar=0` } }) : undefined;
      case 'take-away':
        return await this.#edit(vmid, { remove: ['hostpci0'] });
      case 'migrate':
        await node.run('qm', 'migrate', String(vmid), OTHER);
        return;
      default:
        // A guest that cannot start says so; that is PVE's business, and what it leaves behind is ours.
        await node.run('qm', step.do, String(vmid));
    }
  }

  /** What must hold after every step. */
  check(): void {
    const { machine } = this.node.node;
    const open = machine.kernel.processes().flatMap((process) => process.open.filter((path) => /^\/dev\/vfio\/\d+$/.test(path)));
    expect(new Set(open).size, `${open} held once each`).toBe(open.length);
    const devices = this.node.held().map((line) => line.split(' ')[0]);
    expect(new Set(devices).size, `${devices} reserved once each`).toBe(devices.length);
    for (const path of open) {
      const members = machine.tree.names(`/sys/kernel/iommu_groups/${path.split('/').at(-1)}/devices`) ?? [];
      expect(members, `${path} is still there under its guest`).not.toEqual([]);
    }
    for (const [vmid, text] of this.wanted) this.#checkGuest(vmid, text);
    const ids = this.#pools().map((pool) => pool.id);
    for (const vmid of this.vmids)
      for (const value of this.#values(vmid)) {
        const pool = /(?:^|,)mapping=([^,]+)/.exec(value)?.[1];
        if (pool !== undefined) expect(ids, `the pool of ${vmid}`).toContain(pool);
        if (value.endsWith(`:snippets/${HOOK_FILE}`))
          expect(machine.tree.text(`/var/lib/vz/snippets/${HOOK_FILE}`), `the hookscript of ${vmid}`).toBeDefined();
      }
    const entries = this.#pools().flatMap((pool) => pool.entries.filter((entry) => entry.node === OTHER));
    expect(entries.map((entry) => entry.path)).toEqual(
      this.begun['/etc/pve/mapping/pci.cfg'] === undefined ? [] : ['0000:00:02.1'],
    );
  }

  /** Everything stopped, at home and taken back: as it began, with the user's edits. */
  async end(): Promise<void> {
    const { node } = this;
    for (const vmid of this.vmids) {
      moveVm(node.node.machine, vmid, OTHER, 'pve');
      await node.run('qm', 'stop', String(vmid));
      const { cores = '1' } = Object.fromEntries(readVmModel(this.wanted.get(vmid) ?? '').current.values);
      await this.#edit(vmid, { set: { cores } });
    }
    for (const round of [1, 2]) for (const vmid of this.vmids) allowed(await node.unassign(vmid), `round ${round}`);
    expect(normal(node.lasting())).toEqual(normal({ ...this.begun, ...this.#wantedFiles() }));
    if (this.#handMade) return;
    for (const index of [0, 1]) allowed(await node.carryOut(async () => await planVfRemove(node.context, this.#gpu(index))));
    expect(this.#pfs()).toEqual(this.begunPfs);
    expect(normal(node.lasting())).toEqual(normal({ ...this.begun, ...this.#wantedFiles() }));
  }

  async #assign(vmid: number, { gpu, vf, hook, start }: AssignAct): Promise<void> {
    const { node } = this;
    const request = { vmid, ...this.#gpu(gpu), ...(vf === undefined ? {} : { vf }), ...(hook === true ? { hook } : {}) };
    const before = this.#pins();
    const result = await node.assign(request);
    allowed(result);
    if (!result.ok) return;
    this.#checkPool(vf, before);
    // Another slice may be what keeps it from starting: of a GPU whose VFs are gone, or in `args`, where nobody binds it.
    const slices = this.#values(vmid).filter(
      (value) => /mapping=|vfio-pci,|^(?:host=)?0000:/.test(value) && !value.includes(OWN_DEVICE),
    );
    if (start !== true || slices.length > 1) return;
    const { exitCode, text } = await node.run('qm', 'start', String(vmid));
    if (exitCode !== 0) expect(text, `${vmid} has a slice and does not start`).toMatch(MAY_NOT_START);
  }

  /** After it, nothing of ours is left for the next start. */
  async #unassign(vmid: number): Promise<void> {
    const pinned = pinsOf(this.#values(vmid));
    const result = await this.node.unassign(vmid);
    allowed(result);
    if (!result.ok) return;
    const { current, pending } = readVmModel(this.node.config(vmid));
    const next = new Map(
      [...current.values, ...pending.values].filter(([key]) => pending.values.has(key) || !pending.deletes.has(key)),
    );
    const user = new Set(readVmModel(this.wanted.get(vmid) ?? '').current.values.keys());
    expect([...next.keys()].filter((key) => /^hostpci|^hookscript/.test(key) && !user.has(key))).toEqual([]);
    const still = new Set(this.vmids.flatMap((one) => pinsOf(this.#values(one))));
    for (const freed of pinned.filter((vf) => !still.has(vf) && this.#isVf(vf)))
      for (const pool of this.#pools())
        if (pool.entries.some((entry) => entry.node === 'pve' && this.#gpuOf(entry.path) === this.#gpuOf(freed)))
          expect(
            pool.entries.map((entry) => entry.path),
            `${freed} is back in the pool`,
          ).toContain(freed);
  }

  /** What the user does with a guest's file, through PVE; `wanted` follows as if we were not there. */
  async #edit(vmid: number, change: { readonly set?: { readonly [key: string]: string }; readonly remove?: readonly string[] }) {
    if (this.node.config(vmid) === '') return;
    const options = Object.entries(change.set ?? {}).flatMap(([key, value]) => [`--${key}`, value]);
    if (change.remove !== undefined) options.push('--delete', change.remove.join(','));
    await this.node.must('qm', 'set', String(vmid), ...options);
    this.wanted.set(vmid, rewriteLikePve(this.wanted.get(vmid) ?? '', change).text);
  }

  /** Right after an assignment the pool is true: it names every VF of its GPU that no guest pins, with its group, and no other. */
  #checkPool(pinned: number | undefined, before: ReadonlySet<string>): void {
    const pins = this.#pins();
    const { tree } = this.node.node.machine;
    for (const pool of this.#pools()) {
      const own = pool.entries.filter((entry) => entry.node === 'pve');
      for (const { path } of own)
        if (pinned === undefined) expect(pins, `${path} is pinned and in ${pool.id}`).not.toContain(path);
      if (pinned !== undefined) {
        const vf = this.#target(`0000:00:02.0/virtfn${pinned - 1}`);
        // PVE has no empty pools, so the only VF of one stays in it.
        if (pins.has(vf) && own.some(({ path }) => path !== vf && this.#isVf(path) && !pins.has(path)))
          expect(
            own.map((entry) => entry.path),
            `${vf} was pinned`,
          ).not.toContain(vf);
        continue;
      }
      const gpus = new Set(own.map((entry) => this.#gpuOf(entry.path)));
      const vfs = (tree.names('/sys/bus/pci/devices') ?? []).filter(
        (name) => this.#isVf(name) && gpus.has(this.#gpuOf(name)) && !pins.has(name),
      );
      // The change of a stopped guest applies what waited in its file: a pin that goes with it is back in the pool at the next sync.
      const late = vfs.filter((name) => before.has(name) && !own.some(({ path }) => path === name));
      expect([...own.map((entry) => entry.path), ...late].sort(), `${pool.id} is complete`).toEqual(vfs.sort());
      for (const { path, iommuGroup } of own) {
        expect(this.#target(`${path}/iommu_group`), `group of ${path}`).toBe(String(iommuGroup));
      }
    }
  }

  /** The devices that guests of this node name by address. */
  #pins(): ReadonlySet<string> {
    return new Set(this.vmids.flatMap((vmid) => (this.node.config(vmid) === '' ? [] : pinsOf(this.#values(vmid)))));
  }

  #checkGuest(vmid: number, text: string): void {
    const now = readVmModel(this.#file(vmid));
    for (const [key, value] of readVmModel(text).current.values) {
      if (now.pending.values.has(key)) expect(now.pending.values.get(key), `${key} of ${vmid}`).toBe(value);
      else expect(now.current.values.get(key), `${key} of ${vmid}`).toBe(value);
      expect(now.pending.deletes.has(key), `${key} of ${vmid} goes`).toBe(false);
    }
  }

  #addLine(vmid: number, line: string): void {
    this.node.writeConfig(vmid, canonicalVmConfig(`${line}\n${this.node.config(vmid)}`));
  }

  #gpu(index: number): { readonly gpu?: Bdf } {
    if (this.node.node.machine.profile.name !== 'arc-pro') return {};
    return { gpu: bdf(TWO_GPUS[index % TWO_GPUS.length] ?? '') };
  }

  #file(vmid: number): string {
    return this.node.config(vmid) || (this.node.node.machine.tree.text(`/etc/pve/nodes/${OTHER}/qemu-server/${vmid}.conf`) ?? '');
  }

  /** Values of a guest, those that wait included. */
  #values(vmid: number): readonly string[] {
    const { current, pending } = readVmModel(this.#file(vmid));
    return [...current.values.values(), ...pending.values.values()];
  }

  #pools(): readonly Pool[] {
    return parsePoolConfig(this.node.mapping());
  }

  #isVf(address: string): boolean {
    return this.node.node.machine.tree.get(`/sys/bus/pci/devices/${address}/physfn`) !== undefined;
  }

  /** The name at the end of a link below the PCI devices. */
  #target(link: string): string {
    const found = this.node.node.machine.tree.lookup(`/sys/bus/pci/devices/${link}`);
    return 'path' in found ? (found.path.split('/').at(-1) ?? '') : '';
  }

  /** VFs stand in the slot of their GPU, on all of these machines. */
  #gpuOf(address: string): string {
    return address.split('.')[0] ?? '';
  }

  /** What sysfs says of each GPU that has VFs or may have them. */
  #pfs(): readonly string[] {
    const { tree, kernel } = this.node.node.machine;
    return (tree.names('/sys/bus/pci/devices') ?? []).flatMap((name) => {
      const read = (attribute: string) => tree.text(`/sys/bus/pci/devices/${name}/${attribute}`)?.trim();
      if (read('sriov_totalvfs') === undefined) return [];
      return [
        [name, kernel.driverOf(name), read('sriov_numvfs'), read('sriov_drivers_autoprobe'), read('driver_override')].join(' '),
      ];
    });
  }

  #wantedFiles(): { readonly [path: string]: string } {
    return Object.fromEntries([...this.wanted].map(([vmid, text]) => [`/etc/pve/nodes/pve/qemu-server/${vmid}.conf`, text]));
  }
}

/** The devices that values name by address, in `hostpci` or in `args`. */
function pinsOf(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => {
    const found = /(?:^|^host=|vfio-pci,host=)(\d{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(?=,|$)/.exec(value);
    return found?.[1] === undefined ? [] : [found[1]];
  });
}

/** Files as PVE writes them, since "as before" means equal to its own rewrite; virtual files of the cluster are left out. */
function normal(files: { readonly [path: string]: string }): { readonly [path: string]: string } {
  const entries = Object.entries(files).filter(([path]) => !/^\/etc\/pve\/\.(vmlist|members|version)$/.test(path));
  return Object.fromEntries(
    entries.map(([path, text]) => [path, /qemu-server\/\d+\.conf$/.test(path) ? canonicalVmConfig(text) : text]),
  );
}

function allowed(result: Result<unknown>, where = ''): void {
  if (result.ok || REFUSALS.has(result.problem.code)) return;
  throw new Error(`${where} ${result.problem.code}: ${result.problem.message} ${result.problem.hint ?? ''}`);
}
