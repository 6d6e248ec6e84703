// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../../src/core/facts/guest-facts.ts';
import type { FactSections, HostFacts, SectionName } from '../../src/core/facts/host-facts.ts';
import type { ModuleState } from '../../src/core/facts/kernel-facts.ts';
import type { PciDevice } from '../../src/core/facts/pci-facts.ts';
import { known } from '../../src/core/facts/section.ts';
import { type Bdf, parseBdf } from '../../src/core/pci/address.ts';

/** An address written short or long; throws for one that is none, since a fixture must not be wrong. */
export function bdf(text: string): Bdf {
  const parsed = parseBdf(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

const DEFAULTS: FactSections = {
  pci: { displays: [], others: [], iommuGroups: [] },
  drm: { nodes: [], connectors: [] },
  holders: { holders: [], unreadableProcesses: 0 },
  kernel: { release: '6.17.2-1-pve', cmdline: 'BOOT_IMAGE=/boot/vmlinuz-6.17.2-1-pve root=/dev/mapper/pve-root ro quiet' },
  modules: { modules: [], configLines: [], dkms: [] },
  logs: { lines: [], truncated: false },
  platform: {
    cpuModel: known('Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz'),
    cpuVendor: known('GenuineIntel'),
    hasVmx: true,
    microcode: { state: 'absent' },
    boardVendor: { state: 'absent' },
    boardName: { state: 'absent' },
    productName: { state: 'absent' },
    biosVersion: { state: 'absent' },
    biosDate: { state: 'absent' },
    meVersion: { state: 'absent' },
    efi: true,
    secureBoot: known(false),
    iommus: ['dmar0', 'dmar1'],
    dmarTable: true,
  },
  pve: {
    nodeName: 'pve',
    isProxmox: true,
    packages: { 'pve-manager': '9.2.11', 'pve-qemu-kvm': '10.1.2-4' },
    qemuVersion: known('10.1'),
    quorate: known(true),
    nodes: ['pve'],
    vmlist: known([]),
  },
  guests: { guests: [], unreadable: [] },
  pools: { pools: [] },
  reservations: { reservations: [] },
  hookscripts: { snippetStorages: [], scripts: [] },
  roms: { roms: [] },
  starts: { failed: [] },
  boot: {
    firmware: 'uefi',
    loaders: [],
    espUuids: { state: 'absent' },
    kernels: [{ release: '6.17.2-1-pve', hasInitramfs: true, hasHeaders: false }],
    manual: [],
    freeBytes: {},
  },
  config: { files: [], unreadable: [] },
  packages: { packages: [], sources: [], enterpriseLogin: false },
};

/** Facts of an idle Proxmox VE 9 node with an IOMMU and no display device: every section known. */
export function emptyFacts(): HostFacts {
  return factsOf({});
}

/** Facts with parts of sections replaced; what is not named keeps its default. */
export function factsOf(parts: { readonly [K in SectionName]?: Partial<FactSections[K]> }): HostFacts {
  const names = Object.keys(DEFAULTS) as SectionName[];
  const sections = names.map((name) => [name, known({ ...DEFAULTS[name], ...parts[name] })]);
  return { format: 1, ...Object.fromEntries(sections) } as HostFacts;
}

/** Facts of a published excerpt: only the sections that it shows are known, in these the rest is as on an idle node. */
export function excerptFacts(parts: { readonly [K in SectionName]?: Partial<FactSections[K]> }): HostFacts {
  const hidden = (Object.keys(DEFAULTS) as SectionName[]).filter((name) => parts[name] === undefined);
  return without(factsOf(parts), 'the excerpt does not show it', ...hidden);
}

/** A public excerpt of a real machine, in our form. */
export interface Capture {
  /** Where it was published. */
  readonly source: string;
  readonly shows: string;
  readonly facts: HostFacts;
}

/** Facts with some sections unknown, for the reason given. */
export function without(facts: HostFacts, reason: string, ...names: readonly SectionName[]): HostFacts {
  return { ...facts, ...Object.fromEntries(names.map((name) => [name, { state: 'unknown', reason }])) };
}

/** An Intel iGPU at 00:02.0 on i915 with its own IOMMU group and no SR-IOV capability. */
export function intelGpu(device: string, more: Partial<PciDevice> = {}): PciDevice {
  return {
    bdf: bdf('0000:00:02.0'),
    vendor: '8086',
    device,
    class: '030000',
    driver: 'i915',
    driverOverride: known(null),
    iommuGroup: 0,
    bootVga: true,
    bars: [],
    hasReset: true,
    hasRom: true,
    sriovCapability: known(false),
    ...more,
  };
}

/** What a PF with the capability shows: `count` VFs of `total`, on the functions after the PF's. */
export function sriov(total: number, count = 0): Pick<PciDevice, 'sriov' | 'sriovCapability'> {
  const vfs = Array.from({ length: count }, (_, index) => ({ index, bdf: bdf(`0000:00:02.${index + 1}`) }));
  return { sriov: { totalVfs: total, offset: 1, stride: 1, driversAutoprobe: true, vfs }, sriovCapability: known(true) };
}

/** VFs 1 to `count` of the GPU at 00:02.0, on the given driver. */
export function vfDevices(device: string, count: number, driver: string | null): readonly PciDevice[] {
  return Array.from({ length: count }, (_, i) => ({
    ...intelGpu(device, { bdf: bdf(`0000:00:02.${i + 1}`), driver, iommuGroup: 20 + i, bootVga: false, hasRom: false }),
    physfn: bdf('0000:00:02.0'),
  }));
}

/** The DRM section with card0 and renderD128 of the GPU at an address. */
export function drmOf(address = '0000:00:02.0'): FactSections['drm'] {
  const node = (name: string, minor: number) => ({ name, path: `/dev/dri/${name}`, major: 226, minor, pci: bdf(address) });
  return { nodes: [node('card0', 0), node('renderD128', 128)], connectors: [] };
}

/** A loaded module of the kernel package. */
export function moduleOf(name: string, more: Partial<ModuleState> = {}): ModuleState {
  return { name, loaded: true, origin: 'stock', parameters: {}, ...more };
}

/** A stopped VM with the given configuration. */
export function vm(vmid: number, keys: { readonly [key: string]: string }): Guest {
  const sections = [{ name: 'current', keys }];
  return { vmid, kind: 'qemu', node: 'pve', running: known(false), sections, rejectedLines: [] };
}
