// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';

/** What of a unit file decides whether, when and what systemd starts. */
export interface UnitFile {
  readonly name: string;
  readonly path: string;
  /** Each command as argument list; `mayFail` for a `-` before it. */
  readonly execStart: readonly { readonly argv: readonly string[]; readonly mayFail: boolean }[];
  readonly after: readonly string[];
  readonly before: readonly string[];
  readonly wantedBy: readonly string[];
  /** `ConditionPathExists=`; a `!` before the path turns it round. */
  readonly conditions: readonly string[];
  readonly remainAfterExit: boolean;
  readonly masked: boolean;
}

/** Where unit files lie; the first wins. */
export const UNIT_FOLDERS = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];

/** Reads a unit by name, or undefined when there is none. */
export function readUnit(tree: FileTree, name: string): UnitFile | undefined {
  const path = UNIT_FOLDERS.map((folder) => `${folder}/${name}`).find((at) => 'node' in tree.lookup(at, false));
  if (path === undefined) return undefined;
  const found = tree.lookup(path, false);
  const masked = 'node' in found && found.node.kind === 'symlink' && found.node.target === '/dev/null';
  const values = settings(tree.text(path) ?? '');
  const words = (key: string) => (values.get(key) ?? []).flatMap((value) => value.split(/\s+/)).filter((word) => word !== '');
  return {
    name,
    path,
    execStart: (values.get('Service.ExecStart') ?? []).map((value) => ({
      argv: value.replace(/^[-@:+!]+/, '').split(/\s+/),
      mayFail: value.startsWith('-'),
    })),
    after: words('Unit.After'),
    before: words('Unit.Before'),
    wantedBy: words('Install.WantedBy'),
    conditions: values.get('Unit.ConditionPathExists') ?? [],
    remainAfterExit: /^(yes|true|1|on)$/.test(values.get('Service.RemainAfterExit')?.at(-1) ?? ''),
    masked,
  };
}

/** Values by `Section.Key` (systemd.syntax(7)); an empty value clears what stood before. */
function settings(text: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  let section = '';
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    const head = /^\[(\w+)\]\s*$/.exec(line)?.[1];
    if (head !== undefined) section = head;
    if (/^\s*([#;]|$)/.test(line) || head !== undefined) continue;
    const [, key, value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined) continue;
    const name = `${section}.${key}`;
    values.set(name, value === '' ? [] : [...(values.get(name) ?? []), value]);
  }
  return values;
}

/** The links that make targets want a unit, which `enable` makes. */
export function wantsLinks(unit: UnitFile): readonly string[] {
  return unit.wantedBy.map((target) => `/etc/systemd/system/${target}.wants/${unit.name}`);
}

/** The units that a target wants through links, by name. */
export function wantedUnits(tree: FileTree, target: string): readonly string[] {
  return UNIT_FOLDERS.flatMap((folder) => tree.names(`${folder}/${target}.wants`) ?? []);
}
