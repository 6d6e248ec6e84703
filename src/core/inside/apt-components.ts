// SPDX-License-Identifier: AGPL-3.0-or-later

/** A file of apt's sources as it lies in a guest. */
export interface AptFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The files with components added to the distribution's own binary archives: lines (`sources.list`) and stanzas (deb822, `.sources`)
 * that have its first component `main`. Archives of others, `deb-src`, comments and disabled stanzas stay as they are. Only files that change
 * are answered. Forms by sources.list(5).
 */
export function withComponents(files: readonly AptFile[], components: readonly string[]): readonly AptFile[] {
  return files.flatMap(({ path, text }) => {
    const after = path.endsWith('.sources') ? stanzas(text, components) : lines(text, components);
    return after === text ? [] : [{ path, text: after }];
  });
}

/** Archives of the distributions themselves and of their mirrors: nothing of others ends in these folders. Cloud images name a list of mirrors. */
const OWN = /\/(debian|debian-security|ubuntu|ubuntu-ports)(\/|\.list)?(?=\s|$)/;
/** Backports have the same components, but nothing is to be taken from there unasked. */
const FOREIGN_SUITE = /backports|proposed|experimental/;

function lines(text: string, components: readonly string[]): string {
  return text
    .split('\n')
    .map((line) => {
      const found = /^(\s*deb\s+(?:\[[^\]]*\]\s+)?)(\S+)(\s+)(\S+)((?:\s+[\w./-]+)+)(\s*(?:#.*)?)$/.exec(line);
      if (found === null) return line;
      const [, head = '', uri = '', gap = '', suite = '', list = '', end = ''] = found;
      const has = list.trim().split(/\s+/);
      if (!OWN.test(uri) || FOREIGN_SUITE.test(suite) || !has.includes('main')) return line;
      const missing = components.filter((component) => !has.includes(component));
      return `${head}${uri}${gap}${suite}${[list, ...missing].join(' ')}${end}`;
    })
    .join('\n');
}

function stanzas(text: string, components: readonly string[]): string {
  return text
    .split(/(\n[ \t]*\n+)/)
    .map((part) => {
      const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(part)?.[1]?.trim() ?? '';
      const has = field('Components').split(/\s+/);
      const isOff = /^(no|false|without|off|disable|0)$/i.test(field('Enabled'));
      const types = field('Types').split(/\s+/);
      if (isOff || !types.includes('deb') || !OWN.test(field('URIs')) || !has.includes('main')) return part;
      if (
        field('Suites')
          .split(/\s+/)
          .every((suite) => FOREIGN_SUITE.test(suite))
      )
        return part;
      const missing = components.filter((component) => !has.includes(component));
      return part.replace(/^(Components:[ \t]*.*?)[ \t]*$/im, (line) => [line.trimEnd(), ...missing].join(' '));
    })
    .join('');
}
