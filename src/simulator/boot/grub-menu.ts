// SPDX-License-Identifier: AGPL-3.0-or-later

/** One entry of a GRUB menu, or a submenu with more of them. */
export interface GrubEntry {
  readonly title: string;
  readonly id: string | undefined;
  readonly linux: string | undefined;
  readonly initrd: string | undefined;
  readonly entries: readonly GrubEntry[] | undefined;
}

/** What a grub.cfg says: which entry is the default, whether `next_entry` counts, and the menu. */
export interface GrubMenu {
  readonly fallback: string;
  readonly usesNextEntry: boolean;
  readonly entries: readonly GrubEntry[];
}

interface Open {
  readonly title: string;
  readonly id: string | undefined;
  linux?: string;
  initrd?: string;
  readonly entries: GrubEntry[];
  readonly submenu: boolean;
}

/** Reads what grub-mkconfig writes; undefined when a block is open at the end or there is no entry. */
export function readGrubMenu(text: string): GrubMenu | undefined {
  const menu: GrubEntry[] = [];
  const open: Open[] = [];
  let fallback: string | undefined;
  let ifs = 0;
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const [, kind, title = '', more = ''] = /^(menuentry|submenu) '((?:[^'])*)'(.*)\{$/.exec(line) ?? [];
    const inside = open.at(-1);
    if (kind !== undefined) {
      open.push({ title, id: /'([^']*)'\s*$/.exec(more)?.[1], entries: [], submenu: kind === 'submenu' });
    } else if (line === '}') {
      open.pop();
      if (inside === undefined) return undefined;
      const entry: GrubEntry = {
        title: inside.title,
        id: inside.id,
        linux: inside.linux,
        initrd: inside.initrd,
        entries: inside.submenu ? inside.entries : undefined,
      };
      (open.at(-1)?.entries ?? menu).push(entry);
    } else if (/^if\b/.test(line)) ifs += 1;
    else if (line === 'fi') ifs -= 1;
    else if (inside !== undefined) {
      const [, command, argument = ''] = /^(linux|initrd)\s+(.*)$/.exec(line) ?? [];
      if (command === 'linux') inside.linux = argument;
      if (command === 'initrd') inside.initrd = argument;
    } else fallback = /^set default="(?!\$\{next_entry\})([^"]*)"$/.exec(line)?.[1] ?? fallback;
  }
  if (open.length > 0 || ifs !== 0 || menu.length === 0 || !text.endsWith('\n')) return undefined;
  return { fallback: fallback ?? '0', usesNextEntry: /^\s*set default="\$\{next_entry\}"$/m.test(text), entries: menu };
}

/**
 * The entry that a default names: a number, an id or a title, `>` before one inside a submenu. GRUB takes the first one when
 * there is no such entry (grub-core/normal/menu.c).
 */
export function chooseGrubEntry(entries: readonly GrubEntry[], wanted: string): GrubEntry | undefined {
  const [head = '', ...rest] = wanted.split('>');
  const found = /^\d+$/.test(head) ? entries[Number(head)] : entries.find(({ id, title }) => id === head || title === head);
  const entry = found ?? entries[0];
  return entry?.entries === undefined ? entry : chooseGrubEntry(entry.entries, found === undefined ? '0' : rest.join('>') || '0');
}
