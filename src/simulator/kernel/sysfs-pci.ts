// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import { configSpace } from './config-space.ts';
import { relativeLink } from './links.ts';
import { showRom } from './option-rom.ts';
import { resourceText } from './resources.ts';
import type { KernelState, PciDriver, SimDevice } from './state.ts';

const BUS = '/sys/bus/pci';

/** Makes the directory of a function that just appeared, with everything that does not change later. */
export function showDevice(state: KernelState, device: SimDevice): void {
  const { tree } = state;
  const { profile, path } = device;
  const readOnly = (name: string, text: string) => tree.setFile(`${path}/${name}`, text, { mode: 0o444 });
  const writable = (name: string, text: string, mode = 0o644) => tree.setFile(`${path}/${name}`, text, { mode });
  readOnly('vendor', `0x${profile.vendor}\n`);
  readOnly('device', `0x${profile.device}\n`);
  readOnly('class', `0x${profile.class}\n`);
  readOnly('revision', `0x${profile.revision ?? '00'}\n`);
  readOnly('subsystem_vendor', `0x${profile.subsystem?.vendor ?? '0000'}\n`);
  readOnly('subsystem_device', `0x${profile.subsystem?.device ?? '0000'}\n`);
  readOnly('modalias', `${modalias(device)}\n`);
  readOnly('resource', resourceText(device));
  readOnly('irq', '0\n');
  readOnly('power_state', 'D0\n');
  readOnly('ari_enabled', '0\n');
  writable('numa_node', '-1\n');
  writable('enable', device.physfn === undefined ? '1\n' : '0\n');
  writable('d3cold_allowed', '1\n');
  writable('power/control', 'on\n');
  writable('driver_override', '(null)\n');
  // A VF cannot be removed by hand (kernel drivers/pci/pci-sysfs.c, pci_dev_hp_attrs_are_visible).
  if (device.physfn === undefined) {
    writable('remove', '', 0o220);
    writable('rescan', '', 0o200);
  }
  tree.setFile(`${path}/config`, device.physfn === undefined ? configSpace(profile) : vfConfig(device), { mode: 0o644 });
  const resets = profile.resetMethods ?? (profile.class.startsWith('03') ? ['flr'] : []);
  if (resets.length > 0) {
    writable('reset', '', 0o200);
    writable('reset_method', `${resets.join(' ')}\n`);
  }
  if (profile.class.startsWith('0604')) tree.setDirectory(`${path}/pci_bus`);
  // By class alone: a VF of a display controller has it too (kernel drivers/pci/pci-sysfs.c, pci_dev_attrs_are_visible).
  if (profile.class.startsWith('0300')) readOnly('boot_vga', profile.bootVga === true ? '1\n' : '0\n');
  if (profile.class.startsWith('0300') && device.physfn === undefined) showRom(state, device);
  tree.setLink(`${path}/subsystem`, relativeLink(path, BUS));
  tree.setLink(`${BUS}/devices/${device.bdf}`, relativeLink(`${BUS}/devices`, path));
  if (device.physfn !== undefined) tree.setLink(`${path}/physfn`, relativeLink(path, device.physfn.path));
  if (device.sriov !== undefined) {
    const { sriov } = device;
    readOnly('sriov_offset', `${sriov.offset}\n`);
    readOnly('sriov_stride', `${sriov.stride}\n`);
    readOnly('sriov_vf_device', `${profile.device}\n`);
    readOnly('sriov_vf_total_msix', '0\n');
  }
  refreshDevice(state, device);
}

/** Brings the changing files of a function up to date: driver link, override, uevent, SR-IOV numbers and VF links. */
export function refreshDevice(state: KernelState, device: SimDevice): void {
  const { tree } = state;
  const { path, profile, sriov } = device;
  tree.setFile(`${path}/driver_override`, `${device.driverOverride ?? '(null)'}\n`, { mode: 0o644 });
  tree.setFile(`${path}/uevent`, uevent(device), { mode: 0o644 });
  const linked = device.releasing === true ? null : device.driver;
  setOrRemoveLink(tree, `${path}/driver`, linked && relativeLink(path, `${BUS}/drivers/${linked}`));
  const module = device.driver === null ? undefined : state.drivers.get(device.driver)?.module;
  for (const driver of state.drivers.values()) {
    const link = `${BUS}/drivers/${driver.name}/${device.bdf}`;
    setOrRemoveLink(tree, link, driver.name === linked ? relativeLink(`${BUS}/drivers/${driver.name}`, path) : null);
  }
  if (device.driver !== null && module !== undefined && profile.class.startsWith('03'))
    tree.setFile(`${path}/enable`, '1\n', { mode: 0o644 });
  if (sriov === undefined) return;
  tree.setFile(`${path}/sriov_totalvfs`, `${sriov.driverMax}\n`, { mode: 0o444 });
  tree.setFile(`${path}/sriov_numvfs`, `${sriov.numVfs}\n`, { mode: 0o644 });
  tree.setFile(`${path}/sriov_drivers_autoprobe`, sriov.autoprobe ? '1\n' : '0\n', { mode: 0o644 });
  for (let index = 0; index < sriov.hardwareTotal; index += 1) {
    const vf = sriov.vfs.get(index);
    setOrRemoveLink(tree, `${path}/virtfn${index}`, vf === undefined ? null : relativeLink(path, vf.path));
  }
}

/** Takes a function out of sysfs. */
export function hideDevice(state: KernelState, device: SimDevice): void {
  state.tree.remove(`${BUS}/devices/${device.bdf}`);
  state.tree.remove(device.path);
}

/** Makes a driver's directory with its write-only attributes. */
export function showDriver(state: KernelState, driver: PciDriver): void {
  const directory = `${BUS}/drivers/${driver.name}`;
  for (const name of ['bind', 'unbind', 'new_id', 'remove_id']) state.tree.setFile(`${directory}/${name}`, '', { mode: 0o200 });
  state.tree.setFile(`${directory}/uevent`, '', { mode: 0o200 });
  if (driver.module !== undefined)
    state.tree.setLink(`${directory}/module`, relativeLink(directory, `/sys/module/${driver.module}`));
}

/** The modalias text, with which udev finds a module. */
export function modalias(device: SimDevice): string {
  const { profile } = device;
  const upper = (text: string, width: number) => text.toUpperCase().padStart(width, '0');
  const sub = profile.subsystem ?? { vendor: '0000', device: '0000' };
  const [base, subclass, iface] = [profile.class.slice(0, 2), profile.class.slice(2, 4), profile.class.slice(4, 6)];
  return (
    `pci:v${upper(profile.vendor, 8)}d${upper(profile.device, 8)}sv${upper(sub.vendor, 8)}sd${upper(sub.device, 8)}` +
    `bc${upper(base, 2)}sc${upper(subclass, 2)}i${upper(iface, 2)}`
  );
}

function uevent(device: SimDevice): string {
  const { profile } = device;
  const sub = profile.subsystem ?? { vendor: '0000', device: '0000' };
  const driver = device.driver === null ? [] : [`DRIVER=${device.driver}`];
  return `${[
    ...driver,
    `PCI_CLASS=${profile.class.replace(/^0/, '').toUpperCase()}`,
    `PCI_ID=${`${profile.vendor}:${profile.device}`.toUpperCase()}`,
    `PCI_SUBSYS_ID=${`${sub.vendor}:${sub.device}`.toUpperCase()}`,
    `PCI_SLOT_NAME=${device.bdf}`,
    `MODALIAS=${modalias(device)}`,
  ].join('\n')}\n`;
}

/** A VF reads all ones for its own ids; the kernel shows those of the PF, config space does not (PCI SR-IOV 9.3.4.1). */
function vfConfig(device: SimDevice): Uint8Array {
  const bytes = configSpace({ ...device.profile, class: device.profile.class });
  bytes.fill(0xff, 0, 4);
  bytes.fill(0, 0x100);
  return bytes;
}

function setOrRemoveLink(tree: FileTree, path: string, target: string | null): void {
  if (target === null) tree.remove(path);
  else tree.setLink(path, target);
}
