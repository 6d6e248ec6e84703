// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../src/core/files/file-tree.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { findProfile } from '../../../src/simulator/profiles/table.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';
import type { Scenario } from '../../simulator/run-scenario.ts';
import { guestRelease } from '../build/root-tree.ts';
import { GroupNames, type Observation } from './observation.ts';
import { expandPath } from './paths.ts';

const DEVICES = '/sys/bus/pci/devices';
const ATTRIBUTES = [
  ...['vendor', 'device', 'class', 'revision', 'subsystem_vendor', 'subsystem_device', 'boot_vga', 'sriov_totalvfs'],
  ...['sriov_offset', 'sriov_stride', 'sriov_vf_device', 'sriov_drivers_autoprobe', 'sriov_numvfs', 'driver_override'],
];

/** What the simulator answered, and what it was like before the first step. */
export interface SimulatorRun {
  readonly profile: Profile;
  /** Modules of the graphics and VFIO drivers that were loaded after boot. */
  readonly modules: readonly string[];
  readonly observations: readonly Observation[];
}

/**
 * The profile of a scenario with its changes. Where the driver is the DKMS i915, which is the same on every kernel, the
 * simulator gets the guest's kernel release, so that both sides are one kernel; the tables of stock xe need theirs.
 */
export function profileOf(scenario: Scenario): Profile {
  const found = findProfile(scenario.profile);
  if (found === undefined) throw new Error(`no profile ${scenario.profile}`);
  const profile = { ...found, ...scenario.change };
  const dkms = profile.dkms?.modules.includes('i915') === true && !/module_blacklist=\S*i915/.test(profile.cmdline);
  return dkms ? { ...profile, kernelRelease: guestRelease() } : profile;
}

/** Runs a scenario on a fresh simulated node; nothing is expected here, everything is written down. */
export async function runOnSimulator(scenario: Scenario): Promise<SimulatorRun> {
  const profile = profileOf(scenario);
  const node = createSimulatedNode(profile);
  const names = new GroupNames();
  const modules = ['i915', 'xe', 'kvmgt', 'vfio_pci'].filter(
    (name) => node.machine.tree.get(`/sys/module/${name}`) !== undefined,
  );
  const open = new Map<string, number>();
  const observations: Observation[] = [];
  for (const step of scenario.steps) {
    const answer = await runStep(node, step, open);
    const named = 'link' in step && step.link.endsWith('/iommu_group') ? names.name(answer) : answer;
    observations.push({ answer: named, facts: await facts(node, names) });
  }
  return { profile, modules, observations };
}

async function runStep(node: SimulatedNode, step: Scenario['steps'][number], open: Map<string, number>): Promise<string> {
  const { kernel, tree } = node.machine;
  if ('write' in step) return kernel.write(expandPath(step.write), step.value);
  if ('read' in step) return readText(node, expandPath(step.read));
  if ('link' in step) return (await linkName(node, expandPath(step.link))) ?? 'null';
  if ('exists' in step) return String(tree.get(expandPath(step.exists)) !== undefined);
  if ('list' in step) return namesIn(tree, expandPath(step.list)).join('\n');
  if ('modprobe' in step) return kernel.modprobe(step.modprobe);
  if ('open' in step) {
    const group = await linkName(node, `${expandPath(step.open)}/iommu_group`);
    if (group === undefined || tree.get(`/dev/vfio/${group}`) === undefined) return 'no IOMMU group';
    open.set(step.as, kernel.startProcess({ command: 'vfio_hold', argv: ['vfio_hold'], open: [`/dev/vfio/${group}`] }).pid);
    return 'ok';
  }
  if ('close' in step) {
    kernel.endProcess(open.get(step.close) ?? -1);
    return 'ok';
  }
  if ('inject' in step) {
    node.inject(step.inject);
    return 'ok';
  }
  const log = await node.run(['dmesg']);
  return String(log.ok && log.value.stdout.includes(step.log));
}

/** The same facts as the stepper of the guest collects. */
async function facts(node: SimulatedNode, names: GroupNames): Promise<{ readonly [name: string]: string }> {
  const { tree } = node.machine;
  const found: [string, string][] = [];
  for (const bdf of namesIn(tree, DEVICES).filter((name) => /^0000:00:02\.\d$/.test(name))) {
    const folder = `${DEVICES}/${bdf}`;
    const virtual = namesIn(tree, folder).filter((name) => name.startsWith('virtfn'));
    for (const link of ['driver', 'physfn', 'iommu_group', ...virtual]) {
      const target = await linkName(node, `${folder}/${link}`);
      if (target !== undefined) found.push([`${bdf}/${link}`, target]);
    }
    for (const attribute of ATTRIBUTES) {
      const value = await readText(node, `${folder}/${attribute}`);
      if (value !== 'ENOENT' && value !== 'ETIMEDOUT') found.push([`${bdf}/${attribute}`, value]);
    }
    for (const type of namesIn(tree, `${folder}/mdev_supported_types`)) {
      const path = `${folder}/mdev_supported_types/${type}`;
      const available = await readText(node, `${path}/available_instances`);
      found.push([`${bdf}/${type}`, `${available} ${namesIn(tree, `${path}/devices`).join(',')}`]);
    }
  }
  for (const driver of ['i915', 'xe', 'vfio-pci', 'pci-pf-stub']) {
    const bound = namesIn(tree, `/sys/bus/pci/drivers/${driver}`).filter((name) => /^0000:00:02\.\d$/.test(name));
    found.push([driver, bound.join(',')]);
  }
  for (const uuid of namesIn(tree, '/sys/bus/mdev/devices')) {
    const links = ['mdev_type', 'driver', 'iommu_group'].map((link) => linkName(node, `/sys/bus/mdev/devices/${uuid}/${link}`));
    found.push([uuid, (await Promise.all(links)).map((target) => target ?? 'none').join(' ')]);
  }
  found.push([
    'dri',
    namesIn(tree, '/dev/dri')
      .filter((name) => /^(card|render)/.test(name))
      .join(','),
  ]);
  found.push([
    'groups',
    namesIn(tree, '/dev/vfio')
      .filter((name) => /^\d+$/.test(name))
      .join(','),
  ]);
  return Object.fromEntries(found.map(([name, value]) => [name, names.fact(name, value)]));
}

/** The names in a folder; none when it is absent. */
function namesIn(tree: FileTree, path: string): readonly string[] {
  return tree.names(path) ?? [];
}

async function readText(node: SimulatedNode, path: string): Promise<string> {
  const answer = await node.read(path, { timeoutMs: 100 });
  return answer.kind === 'content' ? answer.value.trimEnd() : answer.kind === 'absent' ? 'ENOENT' : answer.errno;
}

async function linkName(node: SimulatedNode, path: string): Promise<string | undefined> {
  const answer = await node.readLink(path);
  return answer.kind === 'content' ? answer.value.split('/').pop() : undefined;
}
