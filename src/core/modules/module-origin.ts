// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ModuleOrigin } from '../facts/kernel-facts.ts';
import { normaliseModuleName } from './module-name.ts';

/** What modprobe would load for a name: where it comes from and its path below `/lib/modules/<release>/`. */
export interface ModuleFile {
  readonly origin: ModuleOrigin;
  readonly file?: string;
}

/** The texts of `modules.dep` and `modules.builtin`; undefined when one could not be read. */
export interface ModuleIndex {
  readonly dep: string | undefined;
  readonly builtin: string | undefined;
}

/**
 * Finds modules in depmod's index, which names one file per module, the one that wins. Without `modules.dep` the answer is
 * `unknown`, not `absent`. One pass over each text, whatever the number of names.
 */
export function findModules(index: ModuleIndex, names: readonly string[]): ReadonlyMap<string, ModuleFile> {
  const found = new Map<string, ModuleFile>();
  const wanted = names.map((name) => normaliseModuleName(name));
  for (const path of paths(index.builtin, wanted, '$')) found.set(normaliseModuleName(path), { origin: 'builtin', file: path });
  for (const path of paths(index.dep, wanted, ':')) found.set(normaliseModuleName(path), { origin: originOf(path), file: path });
  const missing: ModuleFile = { origin: index.dep === undefined ? 'unknown' : 'absent' };
  return new Map(wanted.map((name) => [name, found.get(name) ?? missing]));
}

/** The origin that a path below `/lib/modules/<release>/` tells (depmod.d's search order: updates before the kernel's own). */
export function originOf(path: string): ModuleOrigin {
  if (path.startsWith('kernel/')) return 'stock';
  return path.startsWith('updates/dkms/') ? 'dkms' : 'updates';
}

function paths(text: string | undefined, names: readonly string[], end: ':' | '$'): readonly string[] {
  if (text === undefined || names.length === 0) return [];
  const alternatives = names.filter((name) => /^\w+$/.test(name)).map((name) => name.replaceAll('_', '[-_]'));
  const line = new RegExp(`^((?:[^:\\n]*/)?(?:${alternatives.join('|')})\\.ko(?:\\.[a-z0-9]+)?)${end}`, 'gm');
  return [...text.matchAll(line)].map((match) => match[1] ?? '');
}

/** The lines of `modules.dep` and `modules.builtin` that facts rest on, without what a module depends on, for a capture. */
export function keptModuleIndex(text: string, names: readonly string[]): string {
  const wanted = names.map((name) => normaliseModuleName(name));
  const dep = paths(text, wanted, ':').map((path) => `${path}:\n`);
  const builtin = paths(text, wanted, '$').map((path) => `${path}\n`);
  return [...dep, ...builtin].join('');
}
