// SPDX-License-Identifier: AGPL-3.0-or-later
import { parse } from 'yaml';
import type { ImportedDevice, ImportReader } from '../imported.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../untyped.ts';

/** A compose file or a CDI specification: both are YAML that names device nodes. */
export const COMPOSE_READER: ImportReader = {
  name: 'compose',
  read: (text) => {
    if (!/^\s*(?:services|cdiVersion)\s*:/m.test(text)) return undefined;
    let root: Fields;
    try {
      root = fieldsOf(parse(text, { maxAliasCount: 20 }));
    } catch (error) {
      return { broken: `The YAML is broken: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}` };
    }
    const services = Object.entries(fieldsOf(root.services));
    const nodes = [
      ...services.flatMap(([, service]) => listOf(fieldsOf(service).devices).map(pathOf)),
      ...listOf(root.devices)
        .flatMap((device) => listOf(fieldsOf(fieldsOf(device).containerEdits).deviceNodes))
        .map((node) => textOf(fieldsOf(node).path)),
    ];
    const [first, ...others] = services;
    const remarks =
      others.length === 0
        ? []
        : [
            {
              level: 'left' as const,
              text: `The file has ${services.length} services; on Proxmox VE each container gets the GPU by its own assign.`,
            },
          ];
    return { guest: first?.[0] ?? null, devices: renderDevices(nodes), remarks };
  },
};

/** The nodes below `/dev/dri`, as slices. */
export function renderDevices(paths: readonly string[]): readonly ImportedDevice[] {
  const nodes = paths.filter((path) => /^\/dev\/dri(?:\/|$)/.test(path));
  return [...new Set(nodes)].map((path) => ({ slice: { kind: 'render', path }, properties: new Map() }));
}

function pathOf(device: unknown): string {
  return typeof device === 'string' ? (device.split(':')[0] ?? '') : textOf(fieldsOf(device).source);
}
