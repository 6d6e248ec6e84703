// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../../core/facts/pci-facts.ts';
import { known, type Reading, unknown } from '../../core/facts/section.ts';
import { type Bdf, isBdf } from '../../core/pci/address.ts';
import { hasExtendedCapability, SRIOV_CAPABILITY } from '../../core/pci/config-space.ts';
import { parseResource } from '../../core/pci/resource.ts';
import { linkName, parseDriverOverride, parseHexAttribute, parseIntegerAttribute } from '../../core/pci/sysfs-values.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { readOptional, unreadable } from './attribute.ts';
import { readMdevTypes } from './read-mdev-types.ts';
import { readSriov } from './read-sriov.ts';

/** Where the kernel lists PCI functions. */
export const PCI_DEVICES = '/sys/bus/pci/devices';

/** How long a read of `driver_override` may wait for the device lock, in milliseconds. */
const OVERRIDE_TIMEOUT_MS = 1000;

/** Config space of a PCI Express function, in bytes. */
const CONFIG_BYTES = 4096;

export interface DeviceReadOptions {
  /** Read `driver_override`: costs a child process each, since the read waits for the device lock. */
  readonly withOverride: boolean;
  /** Look for the SR-IOV capability in config space where sysfs does not tell. */
  readonly withConfig: boolean;
}

/**
 * Reads one PCI function from sysfs; absent when it is not there (any more). One listing tells which attributes exist, so
 * a missing one costs nothing. `sriov_numvfs` is never read: its show takes the device lock and can hang for ever.
 */
export async function readPciDevice(host: Host, bdf: Bdf, options: DeviceReadOptions): Promise<Reading<PciDevice>> {
  const path = `${PCI_DEVICES}/${bdf}`;
  const listed = await host.list(path);
  if (listed.kind === 'absent') return { state: 'absent' };
  if (listed.kind === 'unreadable') return unreadable(path, listed.errno);
  const names = new Set(listed.value);
  const text = (name: string) => (names.has(name) ? readOptional(host, `${path}/${name}`) : Promise.resolve(undefined));
  const link = async (name: string) => {
    const read = names.has(name) ? await host.readLink(`${path}/${name}`) : undefined;
    return read?.kind === 'content' ? linkName(read.value) : undefined;
  };
  const [ids, driver, group, physfn, resource, flags, resets, power, numa, override, capability, sriov, mdevTypes] =
    await Promise.all([
      Promise.all(['vendor', 'device', 'class', 'subsystem_vendor', 'subsystem_device', 'revision'].map(text)),
      link('driver'),
      link('iommu_group'),
      link('physfn'),
      text('resource'),
      Promise.all(['boot_vga', 'enable'].map(text)),
      text('reset_method'),
      text('power_state'),
      text('numa_node'),
      readOverride(host, path, names, options.withOverride),
      readCapability(host, path, names, options.withConfig),
      readSriov(host, path, listed.value),
      names.has('mdev_supported_types') ? readMdevTypes(host, `${path}/mdev_supported_types`) : undefined,
    ]);
  const vendor = parseHexAttribute(ids[0] ?? '', 4);
  const device = parseHexAttribute(ids[1] ?? '', 4);
  const classCode = parseHexAttribute(ids[2] ?? '', 6);
  // A VF can go between the listing and the reads; half a device is no device.
  if (vendor === undefined || device === undefined || classCode === undefined) return { state: 'absent' };
  const facts: PciDevice = withoutUndefined({
    bdf,
    vendor,
    device,
    subsystemVendor: parseHexAttribute(ids[3] ?? '', 4),
    subsystemDevice: parseHexAttribute(ids[4] ?? '', 4),
    class: classCode,
    revision: parseHexAttribute(ids[5] ?? '', 2),
    driver: driver === undefined ? null : visible(driver),
    driverOverride: override,
    iommuGroup: parseIntegerAttribute(group ?? '') ?? null,
    bootVga: flag(flags[0]),
    enabled: flag(flags[1]),
    bars: parseResource(resource ?? ''),
    resetMethods: resets === undefined ? undefined : visible(resets.trim()).split(/\s+/).filter(Boolean),
    hasReset: names.has('reset'),
    hasRom: names.has('rom'),
    powerState: power === undefined ? undefined : visible(power.trim()),
    numaNode: parseIntegerAttribute(numa ?? ''),
    physfn: physfn !== undefined && isBdf(physfn) ? physfn : undefined,
    sriov,
    sriovCapability: capability,
    mdevTypes,
  });
  return known(facts);
}

async function readOverride(
  host: Host,
  path: string,
  names: ReadonlySet<string>,
  wanted: boolean,
): Promise<Reading<string | null>> {
  if (!names.has('driver_override')) return { state: 'absent' };
  if (!wanted) return unknown('driver_override was not read');
  const read = await host.read(`${path}/driver_override`, { timeoutMs: OVERRIDE_TIMEOUT_MS });
  if (read.kind === 'absent') return { state: 'absent' };
  if (read.kind === 'content') {
    const value = parseDriverOverride(read.value);
    return known(value === null ? null : visible(value));
  }
  if (read.errno !== 'ETIMEDOUT') return unreadable(`${path}/driver_override`, read.errno);
  return unknown(
    `${path}/driver_override did not answer within ${OVERRIDE_TIMEOUT_MS} ms: the device lock is held, somebody is unbinding it`,
  );
}

async function readCapability(host: Host, path: string, names: ReadonlySet<string>, wanted: boolean): Promise<Reading<boolean>> {
  // The kernel makes `sriov_totalvfs` exactly for functions with the capability, and a VF never has it.
  if (names.has('sriov_totalvfs')) return known(true);
  if (names.has('physfn')) return known(false);
  if (!names.has('config')) return { state: 'absent' };
  if (!wanted) return unknown('config space was not read');
  const read = await host.readBytes(`${path}/config`, { maxBytes: CONFIG_BYTES });
  if (read.kind === 'absent') return { state: 'absent' };
  return read.kind === 'content' ? hasExtendedCapability(read.value, SRIOV_CAPABILITY) : unreadable(`${path}/config`, read.errno);
}

function flag(text: string | undefined): boolean | undefined {
  const value = parseIntegerAttribute(text ?? '');
  return value === undefined ? undefined : value > 0;
}

type Defined<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Facts are JSON: what is not told is not there, rather than there and undefined. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T>;
}
