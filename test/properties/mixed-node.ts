// SPDX-License-Identifier: AGPL-3.0-or-later
import { canonicalCtConfig } from '../../src/core/guest/ct-config.ts';
import { applyPendingLikePve, canonicalVmConfig } from '../../src/core/guest/vm-rewrite.ts';
import { readGuestKeys } from '../../src/core/plan/guest-keys.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { runningPid } from '../../src/simulator/pve/guest-state.ts';
import { isLxcRunning } from '../../src/simulator/pve/lxc-config.ts';
import { applyPendingCt } from '../../src/simulator/pve/lxc-rewrite.ts';
import { PowerCut } from '../app/engine/rig.ts';
import { Simulated } from '../app/simulated.ts';
import { CONTAINER_KINDS, withContainers } from '../support/container-kinds.ts';

/** Q35 with OVMF, Windows 11, and i440fx with SeaBIOS. */
export const VMS = [100, 102, 103] as const;

/** Operations that change nothing: a command that is killed there is as one that is killed at the next that does. */
const LOOKING = /^(read|readBytes|readLink|list|stat|freeSpace)$/;

/** A node with VMs of three kinds and containers of some distributions, on which a command can be killed half-way. */
export class MixedNode {
  readonly machine: Simulated;
  readonly ctids: readonly number[];
  #left = Number.POSITIVE_INFINITY;

  constructor(profile: string, containers: readonly number[]) {
    const found = findProfile(profile);
    if (found === undefined) throw new Error(`no profile ${profile}`);
    const kinds = CONTAINER_KINDS.filter((_, at) => containers.includes(at));
    this.ctids = kinds.map(({ ctid }) => ctid);
    this.machine = new Simulated(withContainers(found, kinds), { faults: { beforeOperation: (name) => this.#pass(name) } });
    this.machine.node.machine.tree.setFile('/usr/share/kvm/gop.rom', 'x');
  }

  get ids(): readonly number[] {
    return [...VMS, ...this.ctids];
  }

  get isDual(): boolean {
    return this.machine.node.machine.profile.name === 'arc-pro';
  }

  /** Does something during which the program dies before its n-th change; whether it came so far. */
  async killedAt(changes: number, work: () => Promise<unknown>): Promise<boolean> {
    this.#left = changes;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    const isCut = this.#left < 0;
    this.#left = Number.POSITIVE_INFINITY;
    return isCut;
  }

  isContainer(id: number): boolean {
    return this.ctids.includes(id);
  }

  path(id: number): string {
    return `/etc/pve/nodes/pve/${this.isContainer(id) ? 'lxc' : 'qemu-server'}/${id}.conf`;
  }

  file(id: number): string {
    return this.machine.node.machine.tree.text(this.path(id)) ?? '';
  }

  /** The file as PVE writes it once the guest has stopped and started again. */
  next(id: number): string {
    return this.applied(id, this.file(id));
  }

  applied(id: number, text: string): string {
    if (text === '') return '';
    return this.isContainer(id) ? canonicalCtConfig(applyPendingCt(text)) : canonicalVmConfig(applyPendingLikePve(text));
  }

  keys(id: number, text = this.file(id)): { readonly [key: string]: string } {
    return readGuestKeys(text, this.isContainer(id) ? 'lxc' : 'qemu').current;
  }

  isRunning(id: number): boolean {
    const { machine } = this.machine.node;
    return this.isContainer(id) ? isLxcRunning(machine, id) : runningPid(machine, id) !== undefined;
  }

  devices(): readonly string[] {
    return this.machine.node.machine.tree.names('/sys/bus/pci/devices') ?? [];
  }

  isVf(bdf: string): boolean {
    return this.machine.node.machine.tree.get(`/sys/bus/pci/devices/${bdf}/physfn`) !== undefined;
  }

  driver(bdf: string): string | null {
    return this.machine.node.machine.kernel.driverOf(bdf) ?? null;
  }

  /** GPUs of Intel that are no VFs. */
  gpus(): readonly string[] {
    const { tree } = this.machine.node.machine;
    const read = (bdf: string, name: string) => tree.text(`/sys/bus/pci/devices/${bdf}/${name}`)?.trim() ?? '';
    return this.devices().filter(
      (bdf) => read(bdf, 'vendor') === '0x8086' && read(bdf, 'class').startsWith('0x03') && !this.isVf(bdf),
    );
  }

  /** VFs stand in the slot of their GPU, on all of these machines. */
  vfsOf(gpu: string): readonly string[] {
    return this.devices().filter((bdf) => this.isVf(bdf) && bdf.startsWith(gpu.slice(0, -1)));
  }

  mdevs(): readonly string[] {
    return this.machine.node.machine.tree.names('/sys/bus/mdev/devices') ?? [];
  }

  /** What sysfs says of each GPU: driver, VFs, autoprobe, override. */
  gpuStates(): readonly string[] {
    const { tree } = this.machine.node.machine;
    const read = (bdf: string, name: string) => tree.text(`/sys/bus/pci/devices/${bdf}/${name}`)?.trim() ?? '-';
    return this.gpus().map((bdf) =>
      [
        bdf,
        this.driver(bdf),
        ...['sriov_numvfs', 'sriov_drivers_autoprobe', 'driver_override'].map((name) => read(bdf, name)),
      ].join(' '),
    );
  }

  #pass(operation: string): void {
    if (LOOKING.test(operation) || this.#left === Number.POSITIVE_INFINITY) return;
    this.#left -= 1;
    if (this.#left < 0) throw new PowerCut('killed');
  }
}
