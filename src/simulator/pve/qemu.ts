// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { acpiTableFault } from './acpi-table.ts';
import { linkName } from './sysfs.ts';

/** QEMU's own options that a user's `args` may hold; another one is refused as QEMU does. */
const OPTIONS = new Set(
  (
    'S acpitable accel append audio audiodev bios blockdev boot chardev cpu d D debugcon device display drive enable-kvm ' +
    'fsdev fw_cfg global gdb icount initrd iscsi k kernel m machine mem-prealloc mon monitor msg name netdev nic no-reboot ' +
    'no-shutdown no-user-config nodefaults nographic numa object overcommit parallel plugin qmp readconfig rtc sandbox ' +
    'semihosting-config serial set smbios smp snapshot spice trace usb usbdevice uuid vga virtfs vnc watchdog-action'
  ).split(' '),
);

/** Properties of `vfio-pci` that users and pveigpu set (QEMU 11.0 hw/vfio/pci.c), beside the bus's own. */
const VFIO_PROPERTIES = new Set(
  (
    'host sysfsdev id bus addr multifunction rombar romfile bootindex display ramfb xres yres x-vga x-req ' +
    'x-intx-mmap-timeout-ms x-igd-opregion x-igd-lpc x-igd-legacy-mode x-igd-gms enable-migration x-no-mmap ' +
    'x-no-kvm-intx x-no-kvm-msi x-no-kvm-msix x-pci-vendor-id x-pci-device-id x-pci-sub-vendor-id x-pci-sub-device-id ' +
    'x-pci-class-code x-msix-relocation x-balloon-allowed iommufd fd vf-token guest_csr romsize acpi-index'
  ).split(' '),
);

/** What QEMU did: it runs with these device nodes open, or it ended with a message. */
export type QemuStart =
  | { readonly ok: true; readonly open: readonly string[]; readonly warnings: string }
  | { readonly ok: false; readonly message: string };

/** Decides whether QEMU would start with these arguments, by what stands on the node now. */
export function tryQemu(machine: Machine, argv: readonly string[]): QemuStart {
  const open = new Set(['/dev/kvm']);
  const devices = new Map<string, Map<string, string>>();
  let fault: string | undefined;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const value = argv[at + 1] ?? '';
    if (!word.startsWith('-')) continue;
    const name = word.replace(/^--?/, '');
    if (!OPTIONS.has(name) && !OWN.has(name)) fault ??= `${word}: invalid option`;
    if (name === 'device') addDevice(devices, value);
    if (name === 'acpitable') fault ??= acpiTableFault(machine, value);
    if (name === 'set') fault ??= setProperty(devices, value);
    if (name === 'readconfig' && value !== PVE_CONFIG && machine.tree.text(value) === undefined)
      fault ??= `-readconfig ${value}: Could not open '${value}': No such file or directory`;
  }
  for (const device of devices.values()) fault ??= pictureFault(device, argv) ?? openVfio(machine, device, open);
  if (fault !== undefined) return { ok: false, message: `kvm: ${fault}\n` };
  return { ok: true, open: [...open], warnings: deprecation(machine, argv) };
}

const PVE_CONFIG = '/usr/share/qemu-server/pve-q35-4.0.cfg';
const OWN = new Set(['id', 'pidfile', 'daemonize']);

function addDevice(devices: Map<string, Map<string, string>>, value: string): void {
  const [driver = '', ...pairs] = value.split(',');
  const properties = new Map([['driver', driver]]);
  for (const pair of pairs) properties.set(pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1));
  devices.set(properties.get('id') ?? `anonymous-${devices.size}`, properties);
}

function setProperty(devices: Map<string, Map<string, string>>, value: string): string | undefined {
  const [, group, id = '', key = '', setting = ''] = /^([^.]+)\.([^.]+)\.([^=]+)=(.*)$/.exec(value) ?? [];
  if (group === undefined) return `-set ${value}: invalid argument format`;
  const device = group === 'device' ? devices.get(id) : undefined;
  if (device === undefined) return `-set ${value}: there is no ${group} "${id}" defined`;
  device.set(key, setting);
  return undefined;
}

const VFIO_DRIVER = /^vfio-pci(-nohotplug)?$/;

function subjectOf(device: ReadonlyMap<string, string>): string {
  const host = device.get('host');
  const named = host === undefined ? `sysfsdev=${device.get('sysfsdev') ?? ''}` : `host=${host}`;
  return `-device ${device.get('driver') ?? ''},${named},id=${device.get('id') ?? ''}`;
}

/** What QEMU refuses of a picture and of VGA on a device of VFIO (hw/vfio/pci.c vfio_pci_realize, hw/vfio/display.c); ramfb is of nohotplug alone. */
function pictureFault(device: ReadonlyMap<string, string>, argv: readonly string[]): string | undefined {
  const driver = device.get('driver') ?? '';
  if (!VFIO_DRIVER.test(driver)) return undefined;
  const vfio = `${subjectOf(device)}: vfio ${device.get('host') ?? device.get('sysfsdev')?.split('/').pop() ?? ''}`;
  const shows = device.get('display') === 'on';
  const hasOpenGl = argv.some((word, at) => word === '-display' && /^egl-headless|,gl=(on|core|es)/.test(argv[at + 1] ?? ''));
  if (driver === 'vfio-pci' && device.has('ramfb')) return `${subjectOf(device)}: Property 'vfio-pci.ramfb' not found`;
  if (device.has('sysfsdev') && device.get('x-vga') === 'on') return `${vfio}: device does not support requested feature x-vga`;
  if (shows && !hasOpenGl) return `${vfio}: vfio-display-dmabuf: opengl not available`;
  if (!shows && device.get('ramfb') === 'on') return `${vfio}: ramfb=on requires display=on`;
  if (!shows && (device.has('xres') || device.has('yres'))) return `${vfio}: xres and yres properties require display=on`;
  return undefined;
}

/** Opens the VFIO group of a device, or says why QEMU can't (messages of QEMU's hw/vfio). */
function openVfio(machine: Machine, device: ReadonlyMap<string, string>, open: Set<string>): string | undefined {
  if (!VFIO_DRIVER.test(device.get('driver') ?? '')) return undefined;
  const unknown = [...device.keys()].find((key) => key !== 'driver' && !VFIO_PROPERTIES.has(key));
  const host = device.get('host');
  const sysfs = device.get('sysfsdev') ?? `/sys/bus/pci/devices/${host ?? ''}`;
  const subject = subjectOf(device);
  if (unknown !== undefined) return `${subject}: Property '${device.get('driver') ?? ''}.${unknown}' not found`;
  const romfile = device.get('romfile');
  if (romfile !== undefined && machine.tree.get(romfile) === undefined) return `${subject}: failed to find romfile "${romfile}"`;
  const name = host ?? sysfs.split('/').pop() ?? '';
  if (machine.tree.get(sysfs) === undefined) return `${subject}: vfio ${name}: no such host device: No such file or directory`;
  const group = linkName(machine, `${sysfs}/iommu_group`);
  if (group === undefined) return `${subject}: vfio ${name}: no iommu_group found: No such file or directory`;
  const node = `/dev/vfio/${group}`;
  const bound = linkName(machine, `${sysfs}/driver`) ?? '';
  if (host !== undefined && !/vfio/.test(bound))
    return (
      `${subject}: vfio ${name}: error getting device from group ${group}: No such device\n` +
      `Verify all devices in group ${group} are bound to vfio-<bus> or pci-stub and not already in use`
    );
  if (machine.kernel.processes().some((process) => process.open.includes(node)))
    return `${subject}: vfio ${name}: failed to open ${node}: Device or resource busy`;
  // QEMU hw/vfio/migration.c vfio_migration_realize: "on" is a demand, not a wish.
  if (device.get('enable-migration') === 'on' && !(host !== undefined && bound === 'xe-vfio-pci' && savesVfs(machine, host)))
    return `${subject}: vfio ${name}: ${name}: VFIO migration is not supported in kernel`;
  open.add('/dev/vfio/vfio').add(node);
  return undefined;
}

/** Whether the PF's firmware can save a VF (kernel 7.0 xe_gt_sriov_pf_migration.c: GuC 70.54 or later). */
function savesVfs(machine: Machine, vf: string): boolean {
  const pf = linkName(machine, `/sys/bus/pci/devices/${vf}/physfn`);
  const guc = machine.profile.devices
    .find(({ bdf }) => bdf === pf)
    ?.guc?.version.split('.')
    .map(Number);
  const [major = 0, minor = 0] = guc ?? [];
  return major > 70 || (major === 70 && minor >= 54);
}

function deprecation(machine: Machine, argv: readonly string[]): string {
  const type = /type=(pc-[^,+]*)/.exec(argv[argv.indexOf('-machine') + 1] ?? '')?.[1];
  const major = Number(/-(\d+)\.\d+$/.exec(type ?? '')?.[1] ?? Number.NaN);
  if (type === undefined || Number(machine.profile.qemuVersion.split('.')[0]) - major < 3) return '';
  return (
    `kvm: warning: Machine type '${type}' is deprecated: machines more than 3 years old are subject to deletion ` +
    'after 6 years\n'
  );
}
