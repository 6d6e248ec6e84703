// SPDX-License-Identifier: AGPL-3.0-or-later
import { allValues, parseCmdline } from '../../core/boot/cmdline.ts';
import type { FileTree } from '../../core/files/file-tree.ts';
import { SimulatedKernel } from '../kernel/kernel.ts';
import { modulesFor } from '../kernel/module-table.ts';
import type { Profile } from '../profile.ts';
import { showFirmware, showIommu } from './firmware.ts';
import { initramfsSource, lines, liveSource } from './initramfs.ts';
import type { BootEntry } from './loader.ts';
import { applySysfsSettings } from './sysfs-settings.ts';

/** File systems that are new at every boot. */
const VOLATILE = ['/proc', '/sys', '/dev', '/run', '/tmp'];

/** Modules that PVE and udev load on every node without a PCI alias. */
const ALWAYS = ['kvm_intel'];

/**
 * Starts a kernel from what the loader gave: new volatile file systems, devices, the modules of the initramfs with the
 * configuration that it holds, then those of the running system with the configuration there.
 */
export function startKernel(
  tree: FileTree,
  profile: Profile,
  entry: BootEntry,
  nowMs: () => number,
  nodeName: string,
  enrolledKeys: ReadonlySet<string> = new Set(),
): SimulatedKernel {
  for (const directory of VOLATILE) {
    tree.remove(directory);
    tree.setDirectory(directory, directory === '/tmp' ? 0o1777 : 0o755);
  }
  for (const directory of ['/run/lock', '/run/lock/qemu-server', '/run/lock/lxc']) tree.setDirectory(directory);
  tree.set('/dev/null', { kind: 'device', type: 'char', major: 1, minor: 3, mode: 0o666, uid: 0, gid: 0 });
  tree.setDirectory('/sys/bus');
  tree.setFile('/proc/sys/kernel/osrelease', `${entry.release}\n`, { mode: 0o444 });
  tree.setFile('/proc/sys/kernel/random/boot_id', `${bootId(nowMs())}\n`, { mode: 0o444 });
  tree.setFile('/proc/sys/kernel/hostname', `${nodeName}\n`);
  tree.setFile('/proc/cmdline', `${entry.cmdline}\n`, { mode: 0o444 });
  tree.setFile('/proc/version', `Linux version ${entry.release} (build@proxmox)\n`, { mode: 0o444 });
  showFirmware(tree, profile);
  if (/(^|\s)root=ZFS=/.test(entry.cmdline)) tree.setFile('/sys/module/zfs/initstate', 'live\n', { mode: 0o444 });
  const kernel = new SimulatedKernel({
    tree,
    profile,
    release: entry.release,
    cmdline: entry.cmdline,
    nowMs,
    enrolledKeys,
    liveSource: () => liveSource(tree, entry.release),
  });
  showIommu(tree, kernel.state.iommu);
  kernel.boot();
  if (profile.efi) kernel.log(`secureboot: Secure boot ${profile.secureBoot === true ? 'enabled' : 'disabled'}`);
  if (profile.microcode !== undefined) kernel.log(`microcode: Current revision: ${profile.microcode}`);
  if (kernel.state.iommu) kernel.log('DMAR: Intel(R) Virtualization Technology for Directed I/O');
  loadModules(kernel, tree, profile, entry);
  applySysfsSettings(kernel, tree);
  showNetwork(tree);
  startServices(kernel);
  return kernel;
}

/** Other at each boot, equal for equal simulations: the time of the boot in the form of a UUID. */
function bootId(nowMs: number): string {
  return `00000000-0000-4000-8000-${nowMs.toString(16).padStart(12, '0')}`;
}

function loadModules(kernel: SimulatedKernel, tree: FileTree, profile: Profile, entry: BootEntry): void {
  const early = initramfsSource(entry.initramfs);
  for (const name of entry.initramfs.modules) kernel.loadFrom(name, early);
  const wanted = [...ALWAYS, ...profile.devices.flatMap((device) => modulesFor(device))];
  for (const name of wanted) kernel.loadByAlias(name, early);
  // The udev of the initramfs has taken these; that of the running system is told only that the devices are there.
  kernel.state.uevents.length = 0;
  const live = liveSource(tree, entry.release);
  // systemd-modules-load.service waits for nothing, so it often comes before udev looks at the devices; the worse order is shown.
  const lists = (tree.names('/etc/modules-load.d') ?? []).map((name) => `/etc/modules-load.d/${name}`);
  for (const path of ['/etc/modules', ...lists]) for (const name of lines(tree.text(path) ?? '')) kernel.loadFrom(name, live);
  // systemd-modules-load.service(8)
  for (const value of allValues(parseCmdline(entry.cmdline), 'modules_load'))
    for (const name of (value ?? '').split(',')) kernel.loadFrom(name, live);
  for (const name of wanted) kernel.loadByAlias(name, live);
}

/** The bridge that the installer sets up, with the default route of IPv4. */
function showNetwork(tree: FileTree): void {
  tree.setFile('/sys/class/net/vmbr0/operstate', 'up\n', { mode: 0o444 });
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
  tree.setFile(
    '/proc/net/route',
    `${head}vmbr0\t00000000\t0111A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\nvmbr0\t0011A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n`,
    { mode: 0o444 },
  );
}

/** A few processes that every node has, so that `/proc` is not empty. */
function startServices(kernel: SimulatedKernel): void {
  const service = (command: string, path: string) => kernel.startProcess({ command, argv: [path], open: [] });
  service('pmxcfs', '/usr/bin/pmxcfs');
  service('pvedaemon', '/usr/bin/pvedaemon');
  service('qmeventd', '/usr/sbin/qmeventd');
}
