// SPDX-License-Identifier: AGPL-3.0-or-later

/** Texts of modprobe.d files by path, in the order in which they count. */
export interface ModprobeConfig {
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly blacklist: ReadonlySet<string>;
  readonly softdepsBefore: ReadonlyMap<string, readonly string[]>;
  readonly softdepsAfter: ReadonlyMap<string, readonly string[]>;
  /** Commands that take the place of loading a module. */
  readonly install: ReadonlyMap<string, string>;
}

/** Reads modprobe.d(5) as kmod does: `-` and `_` are one, a backslash at the line's end continues it, `#` begins a remark. */
export function readModprobeConfig(files: { readonly [path: string]: string }): ModprobeConfig {
  const options = new Map<string, string[]>();
  const blacklist = new Set<string>();
  const softdepsBefore = new Map<string, string[]>();
  const softdepsAfter = new Map<string, string[]>();
  const install = new Map<string, string>();
  for (const path of winningFiles(Object.keys(files))) {
    for (const line of (files[path] ?? '').replaceAll('\\\n', '').split('\n')) {
      const [command, name = '', ...rest] = line.trim().split(/\s+/);
      const module = moduleName(name);
      if (command === 'blacklist') blacklist.add(module);
      else if (command === 'options') append(options, module, rest);
      else if (command === 'install' && !install.has(module)) install.set(module, rest.join(' '));
      else if (command === 'softdep') {
        const post = rest.indexOf('post:');
        const pre = rest.indexOf('pre:');
        const upTo = (from: number, other: number) => rest.slice(from + 1, other > from ? other : undefined).map(moduleName);
        if (pre >= 0) append(softdepsBefore, module, upTo(pre, post));
        if (post >= 0) append(softdepsAfter, module, upTo(post, pre));
      }
    }
  }
  return { options, blacklist, softdepsBefore, softdepsAfter, install };
}

/** The kernel's form of a module name. */
export function moduleName(text: string): string {
  return text.replaceAll('-', '_');
}

/** Of files with one name that in /etc wins over /run, which wins over /usr/lib and /lib; then they count by name. */
function winningFiles(paths: readonly string[]): readonly string[] {
  const rank = (path: string) => ['/etc/', '/run/', '/usr/', '/lib/'].findIndex((start) => path.startsWith(start));
  const byName = new Map<string, string>();
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const known = byName.get(name);
    if (name.endsWith('.conf') && (known === undefined || rank(path) < rank(known))) byName.set(name, path);
  }
  return [...byName.keys()].sort().map((name) => byName.get(name) ?? '');
}

function append(map: Map<string, string[]>, key: string, values: readonly string[]): void {
  map.set(key, [...(map.get(key) ?? []), ...values]);
}
