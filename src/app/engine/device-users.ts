// SPDX-License-Identifier: AGPL-3.0-or-later
import { vmidOfCmdline } from '../../core/guest/guest-process.ts';
import { isReservationLive, parseReservations } from '../../core/guest/reservations.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import type { Context } from '../context.ts';

const RESERVATIONS = '/run/qemu-server/pci-id-reservations';

/** Somebody who has a device open or reserved. */
export interface DeviceUser {
  readonly device: string;
  /** `VM 101`, or `process 4711 (name)`. */
  readonly who: string;
  readonly vmid?: number;
}

/**
 * The first user of some devices, or null: PVE's live reservations and open device nodes (VFIO groups, VFIO devices, DRM, sound).
 * A device is a PCI address, or the path of a device node. A guest given as `except` does not count.
 */
export async function findDeviceUser(
  context: Pick<Context, 'host' | 'clock'>,
  devices: readonly string[],
  except?: number,
): Promise<Result<DeviceUser | null>> {
  const reserved = await reservedBy(context, devices, except);
  if (!reserved.ok || reserved.value !== null) return reserved;
  const nodes = new Map<string, string>();
  for (const device of devices) for (const path of await nodesOf(context.host, device)) nodes.set(path, device);
  return nodes.size === 0 ? ok(null) : await openedBy(context.host, nodes, except);
}

/** The other guest that has one of some devices reserved with PVE now, or null. */
export async function reservedBy(
  { host, clock }: Pick<Context, 'host' | 'clock'>,
  devices: readonly string[],
  except?: number,
): Promise<Result<DeviceUser | null>> {
  const file = await host.read(RESERVATIONS);
  if (file.kind === 'absent') return ok(null);
  if (file.kind === 'unreadable')
    return problem('host.read', `${RESERVATIONS} cannot be read: ${file.errno}.`, { where: RESERVATIONS });
  for (const reservation of parseReservations(file.value)) {
    const { pciId, vmid } = reservation;
    if (!devices.includes(pciId) || vmid === except) continue;
    const pid = reservation.pid === undefined ? undefined : await runningPid(host, vmid);
    if (isReservationLive(reservation, pid, clock.nowMs() / 1000)) return ok({ device: pciId, who: `VM ${vmid}`, vmid });
  }
  return ok(null);
}

/** The pid of a running VM: its pid file, and a QEMU with that `-id` behind it (qemu-server Helpers.pm vm_running_locally). */
export async function runningPid(host: Host, vmid: number): Promise<number | undefined> {
  const file = await host.read(`/run/qemu-server/${vmid}.pid`);
  const pid = file.kind === 'content' ? /^\d+/.exec(file.value)?.[0] : undefined;
  const cmdline = pid === undefined ? undefined : await host.read(`/proc/${pid}/cmdline`);
  return cmdline?.kind === 'content' && vmidOfCmdline(cmdline.value) === vmid ? Number(pid) : undefined;
}

/** The device nodes through which a PCI function can be held open; none exist while no driver offers them. */
async function nodesOf(host: Host, device: string): Promise<readonly string[]> {
  if (device.startsWith('/')) return [device];
  const sysfs = `/sys/bus/pci/devices/${device}`;
  const group = await host.readLink(`${sysfs}/iommu_group`);
  const groupNode = group.kind === 'content' ? `/dev/vfio/${group.value.slice(group.value.lastIndexOf('/') + 1)}` : undefined;
  const vfio = await host.list(`${sysfs}/vfio-dev`);
  const drm = await host.list(`${sysfs}/drm`);
  const sound = await host.list(`${sysfs}/sound`);
  const cards = sound.kind === 'content' ? sound.value.filter((name) => /^card\d+$/.test(name)) : [];
  const parts = await Promise.all(cards.map(async (card) => await host.list(`${sysfs}/sound/${card}`)));
  return [
    ...parts
      .flatMap((names) => (names.kind === 'content' ? names.value : []))
      .flatMap((name) => (/^(?:controlC|pcmC|hwC|midiC)\d/.test(name) ? [`/dev/snd/${name}`] : [])),
    ...(groupNode !== undefined && (await host.stat(groupNode)).kind !== 'absent' ? [groupNode] : []),
    ...(vfio.kind === 'content' ? vfio.value.map((name) => `/dev/vfio/devices/${name}`) : []),
    ...(drm.kind === 'content'
      ? drm.value.filter((name) => /^(card|renderD)\d+$/.test(name)).map((name) => `/dev/dri/${name}`)
      : []),
  ];
}

async function openedBy(
  host: Host,
  nodes: ReadonlyMap<string, string>,
  except: number | undefined,
): Promise<Result<DeviceUser | null>> {
  const processes = await host.list('/proc');
  if (processes.kind !== 'content') return unknownUsers(processes.kind === 'absent' ? 'ENOENT' : processes.errno);
  for (const pid of processes.value.filter((name) => /^\d+$/.test(name))) {
    const fds = await host.list(`/proc/${pid}/fd`);
    if (fds.kind === 'unreadable' && fds.errno !== 'ESRCH') return unknownUsers(fds.errno);
    for (const fd of fds.kind === 'content' ? fds.value : []) {
      const link = await host.readLink(`/proc/${pid}/fd/${fd}`);
      const device = link.kind === 'content' ? nodes.get(link.value) : undefined;
      if (device === undefined) continue;
      const vmid = await vmidOfPid(host, pid);
      if (vmid === undefined || vmid !== except) return ok({ device, ...(await named(host, pid, vmid)) });
    }
  }
  return ok(null);
}

function unknownUsers(errno: string): Result<never> {
  return problem('facts.unknown', `It cannot be seen who has the devices open: ${errno}.`, { hint: 'Run pveigpu as root.' });
}

async function vmidOfPid(host: Host, pid: string): Promise<number | undefined> {
  const cmdline = await host.read(`/proc/${pid}/cmdline`);
  return cmdline.kind === 'content' ? vmidOfCmdline(cmdline.value) : undefined;
}

async function named(
  host: Host,
  pid: string,
  vmid: number | undefined,
): Promise<{ readonly who: string; readonly vmid?: number }> {
  if (vmid !== undefined) return { who: `VM ${vmid}`, vmid };
  const comm = await host.read(`/proc/${pid}/comm`);
  return { who: `process ${pid} (${comm.kind === 'content' ? visible(comm.value.trim()) : 'unknown'})` };
}
