// SPDX-License-Identifier: AGPL-3.0-or-later

import { configDigest } from '../../core/guest/digest.ts';
import { checkEntry } from '../../core/guest/pool-check.ts';
import { type PoolSection, poolOfSection } from '../../core/guest/pool-config.ts';
import type { Machine } from '../machine.ts';
import { splitList } from './formats.ts';
import type { Parameters } from './getopt.ts';
import { checkedDevice, loadMappings, mappingBytes, saveMappings } from './mapping-config.ts';
import { Die } from './perl-die.ts';

/** A mapping as the API answers it. */
type MappingAnswer = { readonly [key: string]: unknown };

function digestOf(machine: Machine): string {
  return configDigest(Uint8Array.from(mappingBytes(machine) ?? '', (character) => character.charCodeAt(0)));
}

function answerOf(machine: Machine, section: PoolSection): MappingAnswer {
  return {
    digest: digestOf(machine),
    map: section.maps,
    type: 'pci',
    ...(section.description === undefined ? {} : { description: section.description }),
    ...(section.mdev === undefined ? {} : { mdev: section.mdev ? 1 : 0 }),
    ...(section.liveMigrationCapable === undefined ? {} : { 'live-migration-capable': section.liveMigrationCapable ? 1 : 0 }),
  };
}

/** All mappings; with a node, what is wrong with each on it (`check-node`). */
export function listMappings(machine: Machine, node: string | undefined): MappingAnswer[] {
  if (node !== undefined) checkNode(machine, node);
  return loadMappings(machine).map((section) => {
    const answer = { id: section.id, ...answerOf(machine, section) };
    return node === undefined ? answer : { ...answer, checks: checksOf(machine, section, node) };
  });
}

/** Dies as PVE does for a node that its cluster does not have. */
export function checkNode(machine: Machine, node: string): void {
  if (node !== machine.nodeName && node !== 'localhost')
    throw new Die(`hostname lookup '${node}' failed - failed to get address info for: ${node}: Name or service not known\n`);
}

function checksOf(machine: Machine, section: PoolSection, node: string): { message: string; severity: string }[] {
  const pool = poolOfSection(section);
  const entries = pool.entries.filter((entry) => entry.node === node);
  if (entries.length === 0) return [{ message: `No mapping for node ${node}.`, severity: 'warning' }];
  return entries.flatMap((entry) => {
    const fault = checkEntry(pool, entry, (path) => checkedDevice(machine, path));
    return fault === undefined ? [] : [{ message: `Invalid configuration: ${fault}\n`, severity: 'error' }];
  });
}

/** One mapping by its id. */
export function getMapping(machine: Machine, id: string): MappingAnswer {
  const section = loadMappings(machine).find((one) => one.id === id);
  if (section === undefined) throw new Die(`mapping '${id}' not found\n`);
  return answerOf(machine, section);
}

/** Runs a change under PVE's cluster lock, with PVE's text before every failure. */
function locked(machine: Machine, what: string, run: () => void): null {
  try {
    if (!machine.quorate) throw new Die("cfs-lock 'file-mapping_pci_cfg' error: no quorum!\n");
    run();
  } catch (error) {
    throw error instanceof Die ? new Die(`${what}: ${error.text}`) : error;
  }
  return null;
}

function flag(parameters: Parameters, name: string): boolean | undefined {
  const value = parameters.get(name);
  return value === undefined ? undefined : value === '1';
}

function sectionFrom(id: string, parameters: Parameters, before?: PoolSection): PoolSection {
  const description = parameters.get('description') ?? before?.description;
  const mdev = flag(parameters, 'mdev') ?? before?.mdev;
  const live = flag(parameters, 'live-migration-capable') ?? before?.liveMigrationCapable;
  return {
    id,
    maps: parameters.get('map')?.split('\0') ?? before?.maps ?? [],
    ...(description === undefined ? {} : { description }),
    ...(mdev === undefined ? {} : { mdev }),
    ...(live === undefined ? {} : { liveMigrationCapable: live }),
  };
}

/** Makes a mapping; neither the node nor the device need exist. */
export function createMapping(machine: Machine, parameters: Parameters): null {
  return locked(machine, 'create hardware mapping failed', () => {
    const id = parameters.get('id') ?? '';
    const sections = loadMappings(machine);
    if (sections.some((one) => one.id === id)) throw new Die(`pci ID '${id}' already defined\n`);
    saveMappings(machine, [...sections, sectionFrom(id, parameters)]);
  });
}

/** Changes a mapping: `map` is required in every call and replaces the whole list; a wrong digest is told first. */
export function updateMapping(machine: Machine, id: string, parameters: Parameters): null {
  return locked(machine, 'update hardware mapping failed', () => {
    const sections = loadMappings(machine);
    const digest = parameters.get('digest');
    if (digest !== undefined && digest !== digestOf(machine))
      throw new Die('detected modified configuration - file changed by other user? Try again.\n');
    const before = sections.find((one) => one.id === id);
    if (before === undefined) throw new Die(`pci ID '${id}' does not exist\n`);
    if (!parameters.has('map')) throw new Die("missing value for required option 'map'\n");
    const { description, mdev, liveMigrationCapable, ...rest } = before;
    const deletes = new Set(splitList(parameters.get('delete') ?? ''));
    const kept: PoolSection = {
      ...rest,
      ...(description === undefined || deletes.has('description') ? {} : { description }),
      ...(mdev === undefined || deletes.has('mdev') ? {} : { mdev }),
      ...(liveMigrationCapable === undefined || deletes.has('live-migration-capable') ? {} : { liveMigrationCapable }),
    };
    saveMappings(
      machine,
      sections.map((one) => (one.id === id ? sectionFrom(id, parameters, kept) : one)),
    );
  });
}

/** Removes a mapping; one that does not exist is fine, and so is one that a guest uses. */
export function deleteMapping(machine: Machine, id: string): null {
  return locked(machine, 'delete pci mapping failed', () => {
    const sections = loadMappings(machine);
    saveMappings(
      machine,
      sections.filter((one) => one.id !== id),
    );
  });
}
