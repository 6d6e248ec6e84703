// SPDX-License-Identifier: AGPL-3.0-or-later
import { sense } from '../../../src/app/sense/sense.ts';
import { ifKnown } from '../../../src/core/facts/section.ts';
import type { Mode } from '../../../src/core/gpu/verdict.ts';
import { gpuKey } from '../../../src/core/plan/desired.ts';
import { intelGpus } from '../../../src/core/vf/vf.ts';
import type { Simulated } from '../../app/simulated.ts';

type Act = (node: Simulated) => Promise<void>;

const GPU = '/sys/bus/pci/devices/0000:00:02.0';

/** Somebody asks the kernel for VFs. The host's driver takes them, unless they are kept off it. */
export function makeVfs(count: number, { onHost = false } = {}): Act {
  return async ({ node }) => {
    await node.poke(`${GPU}/sriov_drivers_autoprobe`, onHost ? '1' : '0');
    const answer = await node.poke(`${GPU}/sriov_numvfs`, String(count));
    if (answer.kind !== 'done') throw new Error(`no VFs: ${JSON.stringify(answer)}`);
  };
}

/** One VF is bound by its `driver_override`. */
export function override(vf: string, driver: string): Act {
  return async ({ node }) => {
    await node.run(['modprobe', driver]);
    await node.poke(`/sys/bus/pci/devices/${vf}/driver_override`, driver);
    await node.poke('/sys/bus/pci/drivers_probe', vf);
  };
}

/** A file of the node, as somebody left it there. */
export function file(path: string, text: string, mode = 0o644): (node: Simulated) => void {
  return ({ node }) => void node.machine.tree.setFile(path, text, { mode });
}

/** What was asked of the GPU earlier. */
export function asked(mode: Mode, more: { readonly numVfs?: number } = {}): Act {
  return async (node) => {
    const pci = ifKnown((await sense(node.context.host, ['pci'])).pci);
    const [gpu] = pci === undefined ? [] : intelGpus(pci);
    if (gpu === undefined) throw new Error('no GPU');
    file('/var/lib/pveigpu/desired.json', `${JSON.stringify({ format: 1, gpus: { [gpuKey(gpu)]: { mode, ...more } } })}\n`)(node);
  };
}

/** The configuration of a VM with lines replaced by others: a key that is there changes, a new one is added, null removes it. */
export function setKeys(vmid: number, keys: { readonly [key: string]: string | null }): (node: Simulated) => void {
  return (node) => {
    const lines = node
      .config(vmid)
      .split('\n')
      .filter((line) => line !== '' && !Object.hasOwn(keys, line.split(':')[0] ?? ''));
    const added = Object.entries(keys).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]));
    node.writeConfig(vmid, `${[...lines, ...added].join('\n')}\n`);
  };
}

/** A mapping of the cluster, as PVE writes it. */
export function mapping(id: string, entries: readonly string[], flags: readonly string[] = []): (node: Simulated) => void {
  return (node) => {
    const lines = [...entries.map((entry) => `map ${entry}`), ...flags];
    const text = `${node.mapping()}${id}\n${lines.map((line) => `\t${line}\n`).join('')}\n`;
    node.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', text, { mode: 0o640, gid: 33 });
  };
}

/** The entry of a VF of the Raptor Lake machine as it is true. */
export async function vfEntry(node: Simulated, vf: string): Promise<string> {
  const pci = ifKnown((await sense(node.context.host, ['pci'])).pci);
  const device = pci?.displays.find(({ bdf }) => bdf === vf);
  if (device === undefined) throw new Error(`no ${vf}`);
  const subsystem =
    device.subsystemVendor === undefined ? '' : `,subsystem-id=${device.subsystemVendor}:${device.subsystemDevice}`;
  return `id=${device.vendor}:${device.device},iommugroup=${device.iommuGroup},node=pve,path=${vf}${subsystem}`;
}

/** The lines of the container 200 with more at the end. */
export function addToContainer(...lines: readonly string[]): (node: Simulated) => void {
  return ({ node: { machine } }) => {
    const path = '/etc/pve/nodes/pve/lxc/200.conf';
    const text = `${machine.tree.text(path) ?? ''}${lines.map((line) => `${line}\n`).join('')}`;
    machine.tree.setFile(path, text, { mode: 0o640, gid: 33 });
  };
}

/** PVE ran a task that starts a guest, on 2026-01-05 08:00 UTC, and this is its log. */
export function startTask(vmid: number, log: string, { type = 'qmstart', start = '695B6F80' } = {}): (node: Simulated) => void {
  const upid = `UPID:pve:0000A1B2:00C0FFEE:${start}:${type}:${vmid}:root@pam:`;
  const status = /TASK (?:ERROR: )?(.*)\n$/.exec(log)?.[1] ?? 'unexpected status';
  return (node) => {
    const tasks = '/var/log/pve/tasks';
    const before = node.node.machine.tree.text(`${tasks}/index`) ?? '';
    file(`${tasks}/index`, `${before}${upid} ${start} ${status}\n`)(node);
    file(`${tasks}/${start.slice(-1)}/${upid}`, log)(node);
  };
}
