// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { ModuleState } from '../facts/kernel-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { CATALOGUE_DATE } from './catalogue-data.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';
import type { Evidence, Reason } from './verdict.ts';

/** One catalogued GPU of a machine, as the judges of the modes get it. */
export interface GpuCase {
  readonly facts: HostFacts;
  readonly device: PciDevice;
  readonly entry: CatalogueEntry;
  /** `uname -r`, absent when it is not known. */
  readonly release: string | undefined;
}

/** A reason with what it rests on, each line once. */
export function reason(id: string, text: string, ...evidence: readonly (Evidence | undefined)[]): Reason {
  const given = evidence.filter((item) => item !== undefined);
  const isFirst = ({ source, value }: Evidence, index: number) =>
    given.findIndex((other) => other.source === source && other.value === value) === index;
  return { id, text, evidence: given.filter(isFirst) };
}

/** An attribute of a device in sysfs and what stands there. */
export function attribute(device: Pick<PciDevice, 'bdf'>, name: string, value: string): Evidence {
  return { source: `/sys/bus/pci/devices/${device.bdf}/${name}`, value };
}

/** What the catalogue says, with the place in the drivers' sources. */
export function fromCatalogue(entry: CatalogueEntry, value: string): Evidence {
  return { source: `catalogue of ${CATALOGUE_DATE}, 8086:${entry.device}`, value: `${value} (${entry.evidence})` };
}

const ADDRESS = /\b[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]\b/i;

/** The kernel-log lines that name this device or none, oldest first. */
export function logLines({ facts, device }: Pick<GpuCase, 'facts' | 'device'>): readonly string[] {
  const lines = ifKnown(facts.logs)?.lines ?? [];
  return lines.filter((line) => !ADDRESS.test(line) || line.includes(device.bdf));
}

/** The last kernel-log line that matches and names this device or none, as evidence. */
export function logEvidence(gpu: Pick<GpuCase, 'facts' | 'device'>, pattern: RegExp): Evidence | undefined {
  const line = logLines(gpu)
    .filter((one) => pattern.test(one))
    .pop();
  return line === undefined ? undefined : { source: 'kernel log', value: line.trim() };
}

/** The state of a kernel module, when the modules are known and it is among them. */
export function moduleState(facts: HostFacts, name: string): ModuleState | undefined {
  return ifKnown(facts.modules)?.modules.find((module) => module.name === name);
}

/** A parameter of a loaded module as evidence. */
export function parameterEvidence(module: string, name: string, value: string | undefined): Evidence {
  return { source: `/sys/module/${module}/parameters/${name}`, value: value ?? 'absent' };
}

/** The words of the kernel command line that match, as evidence. */
export function cmdlineEvidence(facts: HostFacts, pattern: RegExp): Evidence | undefined {
  const words = (ifKnown(facts.kernel)?.cmdline ?? '').split(/\s+/).filter((word) => pattern.test(word));
  return words.length === 0 ? undefined : { source: '/proc/cmdline', value: words.join(' ') };
}

/** `1 VF`, `7 VFs`. */
export function vfCount(count: number): string {
  return `${count} ${count === 1 ? 'VF' : 'VFs'}`;
}
