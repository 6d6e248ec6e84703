// SPDX-License-Identifier: AGPL-3.0-or-later
import { hostpciFlag } from '../../core/guest/hostpci.ts';
import { shellwords } from '../../core/text/shellwords.ts';
import type { Machine } from '../machine.ts';
import { cpuArgument } from './cpu-argument.ts';
import { type ChosenHostPci, chooseDevices, type HostPci, hostpciKeys, parseHostPci } from './hostpci.ts';
import { checkHostPci, hostPciArgs } from './hostpci-args.ts';
import { Die } from './perl-die.ts';

type Values = ReadonlyMap<string, string>;

/** A QEMU command line and the devices that were picked for it. */
export interface QemuCommand {
  readonly argv: readonly string[];
  readonly devices: readonly ChosenHostPci[];
}

/** The passthrough entries of a VM, resolved; dies as PVE does. */
export function resolveHostPci(machine: Machine, vmid: number, values: Values): HostPci[] {
  return hostpciKeys(values).map((key) => parseHostPci(machine, vmid, key, values.get(key) ?? ''));
}

/**
 * QEMU's command line for a VM (QemuServer.pm `config_to_command`), as far as passthrough needs it: machine, firmware,
 * display and passthrough are PVE's, in PVE's order; disks, network cards and audio are left out.
 */
export function qemuCommand(machine: Machine, vmid: number, configured: Values): QemuCommand {
  const template = configured.get('template') === '1';
  const values: Values = template ? minimal(configured) : configured;
  const type = (values.get('machine') ?? 'pc').replace(/^type=/, '').split(',')[0] ?? 'pc';
  checkVersion(machine, type);
  const q35 = type.includes('q35');
  const newest = !/\d/.test(type.replace('q35', '').replace('i440fx', ''));
  const ovmf = values.get('bios') === 'ovmf';
  const entries = resolveHostPci(machine, vmid, values);
  checkHostPci(entries, values, q35);
  const devices = chooseDevices(machine, vmid, entries);
  const xvga = entries.some(({ value }) => hostpciFlag(value, 'x-vga'));
  const vga =
    template || (xvga && !values.has('vga')) ? 'none' : (values.get('vga') ?? 'std').replace(/^type=/, '').split(',')[0];
  const legacy = entries.some(({ value }) => hostpciFlag(value, 'legacy-igd'));
  const windows = /^(w|win)/.test(values.get('ostype') ?? '');
  const cpus = Number(values.get('cores') ?? 1) * Number(values.get('sockets') ?? 1);
  const chip = q35 ? 'ICH9-LPC' : 'PIIX4_PM';
  const socket = (name: string) => `/var/run/qemu-server/${vmid}.${name}`;
  const argv = [
    ...['/usr/bin/kvm', '-id', String(vmid), '-name', values.get('name') ?? `vm${vmid}`, '-no-shutdown'],
    ...['-chardev', `socket,id=qmp,path=${socket('qmp')},server=on,wait=off`, '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', 'socket,id=qmp-event,path=/var/run/qmeventd.sock,reconnect-ms=5000'],
    ...['-mon', 'chardev=qmp-event,mode=control', '-pidfile', socket('pid'), '-daemonize'],
    ...option('-smbios', values.get('smbios1'), (value) => `type=1,${value}`),
    ...(q35 && newest ? ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'] : []),
    ...['-smp', `${cpus},sockets=${values.get('sockets') ?? 1},cores=${values.get('cores') ?? 1},maxcpus=${cpus}`, '-nodefaults'],
    ...['-boot', 'menu=on,strict=on,reboot-timeout=1000,splash=/usr/share/qemu-server/bootsplash.jpg'],
    ...(vga === 'none' ? ['-vga', 'none', '-nographic'] : ['-vnc', `unix:${socket('vnc')},password=on`]),
    ...(windows ? ['-global', 'kvm-pit.lost_tick_policy=discard'] : []),
    ...['-cpu', cpuArgument({ cpu: values.get('cpu'), template, hidden: xvga, windows, oldMachine: !newest })],
    ...['-m', (values.get('memory') ?? '512').replace(/^current=/, '')],
    ...(newest ? ['-global', `${chip}.disable_s3=1`, '-global', `${chip}.disable_s4=1`] : []),
    ...(q35 ? ['-readconfig', '/usr/share/qemu-server/pve-q35-4.0.cfg'] : []),
    ...option('-device', values.get('vmgenid'), (value) => `vmgenid,guid=${value}`),
    ...(q35 ? [] : bridges(values, legacy)),
    ...usbArgs(values, q35),
    ...hostPciArgs(devices, q35, ovmf),
    ...usbHostArgs(values),
    ...displayArgs(vga ?? 'std', q35),
    ...(vga === 'virtio-gl' ? ['-display', 'egl-headless,gl=core'] : []),
    ...agentArgs(values, socket('qga')),
    ...(values.get('balloon') === '0'
      ? []
      : ['-device', 'virtio-balloon-pci,id=balloon0,bus=pci.0,addr=0x3,free-page-reporting=on']),
    ...(windows ? ['-rtc', 'driftfix=slew,base=localtime'] : []),
    ...['-machine', machineArg(type, { template, smmOff: vga === 'none' && !ovmf, windows, values, newest })],
    ...(template ? ['-snapshot'] : []),
    ...(shellwords(values.get('args') ?? '') ?? []).map((word) => word.value),
  ];
  return { argv, devices };
}

/** A template's command line has no devices and no guest settings. */
function minimal(values: Values): Values {
  const kept = new Map([['template', '1']]);
  for (const key of ['name', 'machine', 'bios', 'scsihw']) {
    const value = values.get(key);
    if (value !== undefined) kept.set(key, value);
  }
  return kept;
}

function checkVersion(machine: Machine, type: string): void {
  const [, major = 0, minor = 0] = /-(\d+)\.(\d+)/.exec(type) ?? [];
  const [haveMajor = 0, haveMinor = 0] = machine.profile.qemuVersion.split('.').map(Number);
  if (Number(major) > haveMajor || (Number(major) === haveMajor && Number(minor) > haveMinor))
    throw new Die(
      `Installed QEMU version '${machine.profile.qemuVersion}' is too old to run machine type '${type}', ` +
        `please upgrade node '${machine.nodeName}'\n`,
    );
}

function option(name: string, value: string | undefined, text: (value: string) => string): string[] {
  return value === undefined ? [] : [name, text(value)];
}

function bridges(values: Values, legacy: boolean): string[] {
  const bridge = (number: number, bus: string, slot: string) => [
    '-device',
    `pci-bridge,id=pci.${number},chassis_nr=${number},bus=${bus},addr=${slot}`,
  ];
  return [
    ...bridge(1, 'pci.0', '0x1e'),
    ...(legacy ? bridge(2, 'pci.1', '0x1e') : bridge(2, 'pci.0', '0x1f')),
    ...(values.get('scsihw') === 'virtio-scsi-single' ? bridge(3, 'pci.0', '0x5') : []),
  ];
}

function usbArgs(values: Values, q35: boolean): string[] {
  const tablet = values.get('tablet') !== '0';
  const xhci = [...values.keys()].some((key) => /^usb\d+$/.test(key));
  return [
    ...(q35 ? [] : ['-device', 'piix3-usb-uhci,id=uhci,bus=pci.0,addr=0x1.0x2']),
    ...(xhci ? ['-device', 'qemu-xhci,p2=15,p3=15,id=xhci,bus=pci.1,addr=0x1b'] : []),
    ...(tablet ? ['-device', `usb-tablet,id=tablet,bus=${q35 ? 'ehci' : 'uhci'}.0,port=1`] : []),
  ];
}

function usbHostArgs(values: Values): string[] {
  return [...values].flatMap(([key, value]) => {
    const [, number, vendor, product] = /^usb(\d+)=(?:host=)?([0-9a-f]{4}):([0-9a-f]{4})/i.exec(`${key}=${value}`) ?? [];
    if (number === undefined) return [];
    const port = Number(number) + 1;
    return ['-device', `usb-host,bus=xhci.0,port=${port},vendorid=0x${vendor},productid=0x${product},id=${key}`];
  });
}

const DISPLAYS: { readonly [vga: string]: string } = {
  std: 'VGA',
  cirrus: 'cirrus-vga',
  vmware: 'vmware-svga',
  qxl: 'qxl-vga',
  virtio: 'virtio-vga',
  'virtio-gl': 'virtio-vga-gl',
};

function displayArgs(vga: string, q35: boolean): string[] {
  const device = DISPLAYS[vga];
  return device === undefined ? [] : ['-device', `${device},id=vga,bus=${q35 ? 'pcie.0,addr=0x1' : 'pci.0,addr=0x2'}`];
}

function agentArgs(values: Values, socket: string): string[] {
  if (!/^(enabled=)?1/.test(values.get('agent') ?? '')) return [];
  return [
    ...['-chardev', `socket,path=${socket},server=on,wait=off,id=qga0`],
    ...['-device', 'virtio-serial,id=qga0,bus=pci.0,addr=0x8'],
    ...['-device', 'virtserialport,chardev=qga0,name=org.qemu.guest_agent.0'],
  ];
}

function machineArg(
  type: string,
  {
    template,
    smmOff,
    windows,
    values,
    newest,
  }: { template: boolean; smmOff: boolean; windows: boolean; values: Values; newest: boolean },
): string {
  const linux = newest && /^l2/.test(values.get('ostype') ?? '');
  const parts = [
    ...(template ? ['accel=tcg'] : []),
    ...(windows || linux ? ['hpet=off'] : []),
    ...(smmOff ? ['smm=off'] : []),
    `type=${type}+pve0`,
  ];
  return parts.join(',');
}
