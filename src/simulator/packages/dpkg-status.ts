// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';

/** Where dpkg keeps what is installed; the only truth about it on a simulated node. */
export const DPKG_STATUS = '/var/lib/dpkg/status';

/** The third word of dpkg's status line. */
export type DpkgState = 'installed' | 'half-configured' | 'half-installed' | 'unpacked' | 'config-files';

/** A package as dpkg's status file has it. */
export interface KnownPackage {
  readonly name: string;
  readonly version: string;
  readonly state: DpkgState;
  readonly architecture: string;
  /** Each a list of alternatives, `a | b (>= 1)`. */
  readonly depends: readonly string[];
  readonly description: string;
}

/** All packages that dpkg knows, in the order of the file. */
export function readDpkgStatus(tree: FileTree): readonly KnownPackage[] {
  return stanzas(tree).map((text) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
    const depends = field('Depends');
    return {
      name: field('Package') ?? '',
      version: field('Version') ?? '',
      state: (field('Status')?.split(' ')[2] ?? 'installed') as DpkgState,
      architecture: field('Architecture') ?? 'amd64',
      depends: depends === undefined ? [] : depends.split(/,\s*/),
      description: field('Description') ?? '',
    };
  });
}

/** One package by name, whatever its state, or undefined. */
export function knownPackage(tree: FileTree, name: string): KnownPackage | undefined {
  return readDpkgStatus(tree).find((known) => known.name === name);
}

/** Whether a package is there and configured. */
export function isInstalled(tree: FileTree, name: string): boolean {
  return knownPackage(tree, name)?.state === 'installed';
}

/** Notes a package in its new state, in place of what was known of it; other stanzas keep every byte. */
export function noteInDpkgStatus(tree: FileTree, known: KnownPackage): void {
  const want = known.state === 'config-files' || known.state === 'half-installed' ? 'deinstall' : 'install';
  const depends = known.depends.length === 0 ? '' : `Depends: ${known.depends.join(', ')}\n`;
  const stanza =
    `Package: ${known.name}\nStatus: ${want} ok ${known.state}\nPriority: optional\nArchitecture: ${known.architecture}\n` +
    `Version: ${known.version}\n${depends}Description: ${known.description}\n`;
  const before = stanzas(tree);
  const at = before.findIndex((text) => nameOf(text) === known.name);
  const after = at < 0 ? [...before, stanza] : before.map((text, index) => (index === at ? stanza : text));
  write(tree, after);
}

/** Makes dpkg forget a package. */
export function dropFromDpkgStatus(tree: FileTree, name: string): void {
  write(
    tree,
    stanzas(tree).filter((text) => nameOf(text) !== name),
  );
}

function nameOf(stanza: string): string | undefined {
  return /^Package: (.*)$/m.exec(stanza)?.[1];
}

function stanzas(tree: FileTree): readonly string[] {
  const text = tree.text(DPKG_STATUS) ?? '';
  return text
    .split(/\n\n+/)
    .filter((stanza) => stanza.trim() !== '')
    .map((stanza) => `${stanza.replace(/\n+$/, '')}\n`);
}

function write(tree: FileTree, texts: readonly string[]): void {
  tree.setFile(DPKG_STATUS, texts.map((text) => `${text}\n`).join(''));
}
