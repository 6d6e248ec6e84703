// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import { readVmModel } from '../../src/core/guest/vm-model.ts';
import { canonicalVmConfig, rewriteLikePve } from '../../src/core/guest/vm-rewrite.ts';
import type { Bdf } from '../../src/core/pci/address.ts';
import type { ProblemCode, Result } from '../../src/core/problem.ts';
import { moveVm } from '../../src/simulator/pve/guest-files.ts';
import { addClusterNode } from '../../src/simulator/pve/install.ts';
import { killGuest } from '../../src/simulator/pve/stop-vm.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { bdf } from '../support/facts.ts';

/** Machines that can do SR-IOV at once, one of them with two GPUs, and two that cannot. */
const PROFILES = [
  'raptor-lake-s',
  'alder-lake-n',
  'alder-lake-p',
  'arrow-lake',
  'panther-lake',
  'arc-pro',
  'jasper-lake',
  'no-igpu',
] as const;
/** The GPUs of the machine that has two. */
const TWO_GPUS = ['0000:00:02.0', '0000:03:00.0'] as const;
/** A device of the user's own that one guest has: an NVMe disk where the machine has one. */
const OWN_DEVICE = 'hostpci0: 0000:01:00.0\n';
const OTHER = 'other';

/** Refusals that the sequence may run into; anything else is a fault of ours. */
const REFUSALS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'gpu.cannot',
  'gpu.none',
  'gpu.several',
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

type Act =
  | { readonly do: 'assign'; readonly vm: number; readonly gpu: number; readonly vf?: number; readonly hook?: boolean }
  | { readonly do: 'unassign' | 'start' | 'stop' | 'crash' | 'reboot' | 'migrate' | 'return'; readonly vm: number }
  | { readonly do: 'edit'; readonly vm: number; readonly key: string; readonly value: string }
  | { readonly do: 'vf-create'; readonly gpu: number; readonly count: number }
  | { readonly do: 'vf-remove'; readonly gpu: number }
  | { readonly do: 'reboot-node' };

const vm = fc.integer({ min: 0, max: 2 });
const gpu = fc.integer({ min: 0, max: 1 });
const edits = fc.constantFrom<readonly [string, string]>(
  ['cores', '3'],
  ['cores', '5'],
  ['tags', 'mine'],
  ['onboot', '1'],
  ['balloon', '0'],
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('assign' as const), vm, gpu, hook: fc.boolean() }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant('assign' as const), vm, gpu, vf: fc.integer({ min: 1, max: 3 }) }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constantFrom('unassign' as const, 'stop' as const), vm }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant('start' as const), vm }), weight: 5 },
  {
    arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'reboot' as const, 'migrate' as const, 'return' as const), vm }),
    weight: 4,
  },
  { arbitrary: fc.tuple(vm, edits).map(([on, [key, value]]): Act => ({ do: 'edit', vm: on, key, value })), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant('vf-create' as const), gpu, count: fc.constantFrom(1, 2, 3) }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('vf-remove' as const), gpu }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('reboot-node' as const) }), weight: 1 },
);

/** A node, its guests, and what the user wants of each file, kept beside. */
class Story {
  readonly node: Simulated;
  readonly vmids: readonly number[];
  readonly begun: { readonly [path: string]: string };
  /** Each guest's file as it would be without us. */
  readonly wanted = new Map<number, string>();

  constructor(profile: string) {
    this.node = simulated(profile);
    addClusterNode(this.node.node.machine, OTHER);
    const { tree } = this.node.node.machine;
    const names = tree.names('/etc/pve/nodes/pve/qemu-server') ?? [];
    this.vmids = names.map((name) => Number.parseInt(name, 10)).slice(0, 3);
    const last = this.vmids.at(-1);
    const isDisk = tree.text('/sys/bus/pci/devices/0000:01:00.0/class')?.startsWith('0x01') === true;
    if (last !== undefined && isDisk) this.node.writeConfig(last, canonicalVmConfig(OWN_DEVICE + this.node.config(last)));
    for (const vmid of this.vmids) this.wanted.set(vmid, this.node.config(vmid));
    this.begun = this.node.lasting();
  }

  async act(step: Act): Promise<void> {
    const { node } = this;
    const vmid = 'vm' in step ? (this.vmids[step.vm % Math.max(1, this.vmids.length)] ?? 0) : 0;
    const isHere = node.config(vmid) !== '';
    switch (step.do) {
      case 'assign':
        return allowed(
          await node.assign({
            vmid,
            ...this.gpu(step.gpu),
            ...(step.vf === undefined ? {} : { vf: step.vf }),
            ...(step.hook === true ? { hook: true } : {}),
          }),
        );
      case 'unassign':
        return this.unassign(vmid);
      case 'vf-create':
        return allowed(
          await node.carryOut(async () => await planVfCreate(node.context, { ...this.gpu(step.gpu), count: step.count })),
        );
      case 'vf-remove':
        return allowed(await node.carryOut(async () => await planVfRemove(node.context, this.gpu(step.gpu))));
      case 'crash':
        return await killGuest(node.node.machine, vmid);
      case 'return':
        return moveVm(node.node.machine, vmid, OTHER, 'pve');
      case 'reboot-node':
        expect(await node.node.reboot()).toEqual({ booted: true });
        return;
      case 'edit':
        if (!isHere) return;
        await node.must('qm', 'set', String(vmid), `--${step.key}`, step.value);
        this.wanted.set(vmid, rewriteLikePve(this.wanted.get(vmid) ?? '', { set: { [step.key]: step.value } }).text);
        return;
      case 'migrate':
        await node.run('qm', 'migrate', String(vmid), OTHER);
        return;
      default:
        // A guest that cannot start says so; that is PVE's business, and what it leaves behind is ours.
        await node.run('qm', step.do, String(vmid));
    }
  }

  gpu(index: number): { readonly gpu?: Bdf } {
    if (this.node.node.machine.profile.name !== 'arc-pro') return {};
    return { gpu: bdf(TWO_GPUS[index % TWO_GPUS.length] ?? '') };
  }

  /** After it, nothing of ours is left for the next start. */
  async unassign(vmid: number): Promise<void> {
    const result = await this.node.unassign(vmid);
    allowed(result);
    if (!result.ok) return;
    const { current, pending } = readVmModel(this.node.config(vmid));
    const next = new Map(
      [...current.values, ...pending.values].filter(([key]) => pending.values.has(key) || !pending.deletes.has(key)),
    );
    const user = new Set(readVmModel(this.wanted.get(vmid) ?? '').current.values.keys());
    expect([...next.keys()].filter((key) => /^hostpci|^hookscript/.test(key) && !user.has(key))).toEqual([]);
  }

  /** What must hold after every step. */
  check(): void {
    const { machine } = this.node.node;
    const open = machine.kernel.processes().flatMap((process) => process.open.filter((path) => /^\/dev\/vfio\/\d+$/.test(path)));
    expect(new Set(open).size, `${open} held once each`).toBe(open.length);
    const held = this.node.held();
    const devices = held.map((line) => line.split(' ')[0]);
    expect(new Set(devices).size, `${held} reserved once each`).toBe(devices.length);
    for (const path of open) {
      const members = machine.tree.names(`/sys/kernel/iommu_groups/${path.split('/').at(-1)}/devices`) ?? [];
      expect(members, `${path} is still there under its guest`).not.toEqual([]);
    }
    for (const [vmid, text] of this.wanted) {
      const now = readVmModel(
        this.node.config(vmid) || (machine.tree.text(`/etc/pve/nodes/${OTHER}/qemu-server/${vmid}.conf`) ?? ''),
      );
      for (const [key, value] of readVmModel(text).current.values) {
        if (now.pending.values.has(key)) expect(now.pending.values.get(key), `${key} of ${vmid}`).toBe(value);
        else expect(now.current.values.get(key), `${key} of ${vmid}`).toBe(value);
      }
    }
  }

  /** Everything stopped, at home and taken back: as it began, with the user's edits. */
  async end(): Promise<void> {
    const { node } = this;
    for (const vmid of this.vmids) {
      moveVm(node.node.machine, vmid, OTHER, 'pve');
      await node.run('qm', 'stop', String(vmid));
      await node.run(
        'qm',
        'set',
        String(vmid),
        '--cores',
        readVmModel(this.wanted.get(vmid) ?? '').current.values.get('cores') ?? '1',
      );
    }
    for (const round of [1, 2]) for (const vmid of this.vmids) allowed(await node.unassign(vmid), `round ${round}`);
    for (const index of [0, 1]) allowed(await node.carryOut(async () => await planVfRemove(node.context, this.gpu(index))));
    const { tree } = node.node.machine;
    const links = (tree.names('/sys/bus/pci/devices') ?? []).filter(
      (bdf) => tree.get(`/sys/bus/pci/devices/${bdf}/physfn`) !== undefined,
    );
    expect(links).toEqual([]);
    expect(normal(node.lasting())).toEqual(normal({ ...this.begun, ...this.wantedFiles() }));
  }

  wantedFiles(): { readonly [path: string]: string } {
    return Object.fromEntries([...this.wanted].map(([vmid, text]) => [`/etc/pve/nodes/pve/qemu-server/${vmid}.conf`, text]));
  }
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

test('whatever users, guests and nodes do: no slice is held twice, no VF vanishes under a guest, keys stay, and it ends where it began', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PROFILES),
      fc.array(act, { minLength: 4, maxLength: 16, size: 'max' }),
      async (profile, steps) => {
        const story = new Story(profile);
        for (const step of steps) {
          await story.act(step);
          story.check();
        }
        await story.end();
      },
    ),
    { numRuns: 100 },
  );
}, 120_000);
