// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Profile } from '../../src/simulator/profile.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { createSimulatedNode } from '../../src/simulator/simulated-node.ts';

/**
 * One step of a scenario, data only, so that the same list can run on a real kernel. `$PF` is the PF's directory below
 * `/sys/bus/pci/devices`, `$VF3` that of VF 3, `$BUS` is `/sys/bus/pci`.
 */
type Step =
  | { readonly write: string; readonly value: string; readonly expect: string }
  | { readonly read: string; readonly expect: string }
  /** The last part of a link's target, or null when there is no link. */
  | { readonly link: string; readonly expect: string | null }
  | { readonly exists: string; readonly expect: boolean }
  | { readonly list: string; readonly expect: readonly string[] }
  /** Opens the VFIO group of the device or mdev at this path, under a name. */
  | { readonly open: string; readonly as: string }
  | { readonly close: string }
  | { readonly modprobe: string; readonly expect: string }
  | { readonly inject: { readonly enableErrno?: string; readonly enableAtMost?: number } }
  | { readonly log: string };

export interface Scenario {
  readonly name: string;
  readonly profile: string;
  /** Replaces parts of the profile, for example its command line. */
  readonly change?: Partial<Profile>;
  readonly steps: readonly Step[];
}

const FOLDER = join(import.meta.dirname, 'scenarios');

/** Every scenario of the folder, with the file's name in front of its own. */
export function allScenarios(): readonly Scenario[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const list = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Scenario[];
      return list.map((scenario) => ({ ...scenario, name: `${file.replace('.json', '')}: ${scenario.name}` }));
    });
}

/** Runs a scenario on a fresh simulated node and expects every answer. */
export async function runScenario(scenario: Scenario): Promise<void> {
  const profile = findProfile(scenario.profile);
  if (profile === undefined) throw new Error(`no profile ${scenario.profile}`);
  const node = createSimulatedNode({ ...profile, ...scenario.change });
  const { kernel, tree } = node.machine;
  const open = new Map<string, number>();
  for (const [index, step] of scenario.steps.entries()) {
    const at = `step ${index + 1}: ${JSON.stringify(step)}`;
    if ('write' in step) expect(kernel.write(expand(step.write), step.value), at).toBe(step.expect);
    else if ('read' in step) {
      const answer = await node.read(expand(step.read), { timeoutMs: 100 });
      expect(answer.kind === 'content' ? answer.value.trimEnd() : answer.kind === 'absent' ? 'ENOENT' : answer.errno, at).toBe(
        step.expect,
      );
    } else if ('link' in step) {
      const answer = await node.readLink(expand(step.link));
      expect(answer.kind === 'content' ? answer.value.split('/').pop() : null, at).toBe(step.expect);
    } else if ('exists' in step) expect(tree.get(expand(step.exists)) !== undefined, at).toBe(step.expect);
    else if ('list' in step) expect(tree.names(expand(step.list)), at).toEqual(step.expect);
    else if ('open' in step) {
      const group = await node.readLink(`${expand(step.open)}/iommu_group`);
      if (group.kind !== 'content') throw new Error(`${at}: no IOMMU group`);
      const path = `/dev/vfio/${group.value.split('/').pop()}`;
      expect(tree.get(path), at).toBeDefined();
      open.set(step.as, kernel.startProcess({ command: 'vfio_hold', argv: ['vfio_hold'], open: [path] }).pid);
    } else if ('close' in step) kernel.endProcess(open.get(step.close) ?? -1);
    else if ('modprobe' in step) expect(kernel.modprobe(step.modprobe), at).toBe(step.expect);
    else if ('inject' in step) node.inject(step.inject);
    else {
      const log = await node.run(['dmesg']);
      expect(log.ok ? log.value.stdout : '', at).toContain(step.log);
    }
  }
}

function expand(path: string): string {
  const devices = '/sys/bus/pci/devices';
  return path
    .replace('$PF', `${devices}/0000:00:02.0`)
    .replace(/\$VF(\d)/, `${devices}/0000:00:02.$1`)
    .replace('$BUS', '/sys/bus/pci');
}
