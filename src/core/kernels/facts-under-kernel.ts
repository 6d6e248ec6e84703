// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { LogFacts, ModuleFacts, ModuleState } from '../facts/kernel-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown, known } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { stockXeForceProbe, stockXeHasSriov } from '../gpu/driver-backend.ts';
import { forcesProbe, givenOption, keptOff } from '../gpu/given-options.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import type { Bdf } from '../pci/address.ts';

/** The options of i915 and xe on which a verdict rests. */
const OPTIONS: readonly string[] = ['max_vfs', 'enable_guc', 'enable_gvt', 'force_probe'];

/**
 * Facts as they would be if this machine ran another kernel: hardware, firmware and configuration stay, what the running kernel
 * and its drivers made (VFs, loaded modules, the drivers' lines in the log) does not.
 */
export function factsUnderKernel(facts: HostFacts, release: string): HostFacts {
  const kernel = ifKnown(facts.kernel);
  if (kernel?.release === release) return facts;
  const pci = ifKnown(facts.pci);
  const modules = ifKnown(facts.modules);
  const logs = ifKnown(facts.logs);
  const under = pci === undefined ? undefined : pciUnder(facts, pci, release);
  const takes = under?.displays.some(({ bdf, driver }) => driver !== null && driverOf(pci, bdf) !== driver) === true;
  return {
    ...facts,
    kernel: known({ release, cmdline: kernel?.cmdline ?? '' }),
    ...(modules === undefined ? {} : { modules: known(modulesUnder(facts, modules, release)) }),
    ...(logs === undefined ? {} : { logs: known(hardwareLines(logs)) }),
    ...(under === undefined ? {} : { pci: known(under) }),
    // A driver that takes a GPU makes nodes for it, whose names are not known now.
    ...(takes ? { drm: { state: 'not-sensed' } } : {}),
  };
}

function driverOf(pci: PciFacts | undefined, bdf: Bdf): string | null | undefined {
  return pci?.displays.find((device) => device.bdf === bdf)?.driver;
}

/** Whether DKMS knows i915-sriov-dkms, built or not. */
export function isDkmsInstalled(facts: HostFacts): boolean {
  return (ifKnown(facts.modules)?.dkms ?? []).some(({ name }) => name === DKMS_PACKAGE);
}

/** Whether DKMS has built i915-sriov-dkms for a kernel already. */
function isDkmsBuilt(facts: HostFacts, release: string): boolean {
  const packages = ifKnown(facts.modules)?.dkms ?? [];
  return packages.some(({ name, kernels }) => name === DKMS_PACKAGE && kernels.includes(release));
}

function modulesUnder(facts: HostFacts, modules: ModuleFacts, release: string): ModuleFacts {
  const replaced = isDkmsBuilt(facts, release) ? ['i915', 'xe', 'kvmgt'] : [];
  const own = modules.modules.filter(({ name }) => ['i915', 'xe', 'kvmgt'].includes(name));
  const others = modules.modules.filter((module) => !own.includes(module));
  return { ...modules, modules: [...own.map((module) => moduleUnder(facts, module, replaced.includes(module.name))), ...others] };
}

/** The kernel's own modules are in every kernel of Proxmox; a file that is absent now says nothing of another kernel. */
function moduleUnder(facts: HostFacts, { name, loaded, origin }: ModuleState, dkms: boolean): ModuleState {
  const known = OPTIONS.filter((option) => option !== 'max_vfs' || dkms || name !== 'i915');
  const given = known.flatMap((option) => {
    const value = givenOption(facts, name, option);
    return value === undefined ? [] : [[option, value] as const];
  });
  // The parameter is what tells the DKMS build of i915 from the kernel's own, which has none of that name.
  const maxVfs = dkms && name === 'i915' ? { max_vfs: '0' } : {};
  const stays = origin === 'builtin' ? 'builtin' : 'stock';
  return { name, loaded, origin: dkms ? 'dkms' : stays, parameters: { ...maxVfs, ...Object.fromEntries(given) } };
}

const NO_SPACE = /not enough MMIO resources for SR-IOV|IOV BARS not allocated/;
const ENABLED = /\bEnabled [1-9]\d*( of \d+)? VFs?\b/;
const HARDWARE = /\bDMAR\b|iommu|vfio/i;

/** Lines that firmware and IOMMU are the cause of; want of address space only where no VFs came into being after it. */
function hardwareLines({ lines, truncated }: LogFacts): LogFacts {
  const lastEnabled = lines.reduce((last, line, i) => (ENABLED.test(line) ? i : last), -1);
  return { lines: lines.filter((line, i) => HARDWARE.test(line) || (NO_SPACE.test(line) && i > lastEnabled)), truncated };
}

function pciUnder(facts: HostFacts, pci: PciFacts, release: string): PciFacts {
  const displays = pci.displays.filter(({ physfn }) => physfn === undefined);
  return { ...pci, displays: displays.map((device) => deviceUnder(facts, device, release)) };
}

function deviceUnder(facts: HostFacts, device: PciDevice, release: string): PciDevice {
  const entry = device.vendor === '8086' ? lookupGpu(device.device) : undefined;
  if (entry === undefined) return device;
  const dkms = isDkmsBuilt(facts, release);
  const driver = driverUnder(facts, device, entry, release, dkms);
  if (device.sriov === undefined) return { ...device, driver };
  const totalVfs = offered(facts, { driver, dkms }, entry, release) ? hardwareVfs(device, entry) : 0;
  return { ...device, driver, sriov: { ...device.sriov, totalVfs, vfs: [] } };
}

/** The driver that takes the GPU at boot, by what knows its id and by the options that are given; xe comes after i915. */
function driverUnder(facts: HostFacts, device: PciDevice, entry: CatalogueEntry, release: string, dkms: boolean): string | null {
  const { driver } = device;
  if (driver !== null && driver !== 'i915' && driver !== 'xe') return driver;
  const probe = dkms && entry.drivers.xeDkms ? entry.xeForceProbe.dkms : stockXeForceProbe(entry, release);
  const isXeAsked = probe === false || (probe === true && forcesProbe(facts, 'xe', entry.device));
  const takesXe = isXeAsked && !keptOff(facts, 'xe', entry.device);
  const takesI915 = (entry.drivers.i915Mainline || dkms) && !keptOff(facts, 'i915', entry.device);
  if (takesXe && (driver === 'xe' || !takesI915)) return 'xe';
  // What keeps i915 off now although nothing says so will do that to another one too.
  return takesI915 && driver !== null ? 'i915' : null;
}

/** Whether the driver would offer VFs: i915 without SR-IOV shows what the hardware has, the others what they give. */
function offered(
  facts: HostFacts,
  { driver, dkms }: { readonly driver: string | null; readonly dkms: boolean },
  entry: CatalogueEntry,
  release: string,
): boolean {
  if (driver === 'i915' && dkms) return Number(givenOption(facts, 'i915', 'max_vfs') ?? 0) > 0;
  if (driver === 'xe') return dkms ? entry.sriov.xeDkms : stockXeHasSriov(entry, release) === true;
  return true;
}

function hardwareVfs({ sriov }: PciDevice, { maxVfs }: CatalogueEntry): number {
  return Math.max(sriov?.totalVfs ?? 0, sriov?.vfs.length ?? 0) || (maxVfs === 'unknown' ? 0 : maxVfs);
}
