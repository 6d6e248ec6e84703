// SPDX-License-Identifier: AGPL-3.0-or-later
// The administrator's file as docs/settings.md describes it, which is its one source.

/** The settings that the page describes: section, name, an example, and what it is. */
export function settingsOf(page) {
  const block = /```ini\n([\s\S]*?)```/.exec(page)?.[1];
  if (block === undefined) throw new Error('docs/settings.md has no block of ini');
  const settings = [];
  let [section, text] = ['', []];
  for (const line of block.split('\n')) {
    const [, head] = /^\[(.+)\]$/.exec(line) ?? [];
    const [, comment] = /^; (.*)$/.exec(line) ?? [];
    const [, name, value] = /^([\w-]+) = (.*)$/.exec(line) ?? [];
    if (head !== undefined) section = head;
    else if (comment !== undefined) text.push(comment);
    else if (name !== undefined) {
      if (text.length === 0) throw new Error(`docs/settings.md does not say what ${name} is`);
      settings.push({ section, name, value, text });
      text = [];
    } else if (line !== '') throw new Error(`docs/settings.md: ${line}`);
  }
  if (settings.length === 0) throw new Error('docs/settings.md names no setting');
  return settings;
}

/** The file as it is installed: every setting is there and none is set. */
export function administratorsFile(settings) {
  const sections = [...new Set(settings.map(({ section }) => section))];
  const blocks = sections.map((section) => {
    const own = settings.filter((setting) => setting.section === section);
    return [
      `[${section}]`,
      ...own.flatMap(({ name, value, text }) => [...text.map((line) => `# ${line}`), `#${name} = ${value}`]),
    ];
  });
  const head = '# Yours: pveigpu reads this file and never writes it. See pveigpu.conf(5).';
  return `${[head, ...blocks.map((lines) => lines.join('\n'))].join('\n\n')}\n`;
}
