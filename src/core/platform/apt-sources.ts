// SPDX-License-Identifier: AGPL-3.0-or-later

/** One thing that apt installs from: a suite of a repository. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** The sources of binary packages in a file of `/etc/apt` that are switched on (sources.list(5)): one-line or deb822 by its name. */
export function parseAptSources(path: string, text: string): readonly AptSource[] {
  return path.endsWith('.sources') ? text.split(/\n[ \t]*\n/).flatMap(stanzaSources) : text.split('\n').flatMap(lineSource);
}

/** A source as the one line that sources.list has for it, without a login that somebody wrote into the URI. */
export function aptSourceLine({ uri, suite, components }: AptSource): string {
  return ['deb', withoutLogin(uri), suite, ...components].join(' ');
}

/** Reads a line that {@link aptSourceLine} wrote. */
export function parseAptSourceLine(line: string): AptSource | undefined {
  return lineSource(line)[0];
}

/** What a capture keeps of a file of sources: the sources, and hosts only of Debian and Proxmox. */
export function keptAptSources(path: string, text: string): string {
  const sources = parseAptSources(path, text).map((source) => ({ ...source, uri: publicUri(source.uri) }));
  const stanza = ({ uri, suite, components }: AptSource) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suite}\n${components.length > 0 ? `Components: ${components.join(' ')}\n` : ''}`;
  if (path.endsWith('.sources')) return sources.map(stanza).join('\n');
  return sources.map((source) => `${aptSourceLine(source)}\n`).join('');
}

function lineSource(line: string): readonly AptSource[] {
  const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)([^#]*)/.exec(line);
  if (match === null) return [];
  const [, uri = '', suite = '', rest = ''] = match;
  return [{ uri, suite, components: words(rest) }];
}

function stanzaSources(stanza: string): readonly AptSource[] {
  const fields = stanzaFields(stanza);
  const field = (name: string) => words(fields.get(name) ?? '');
  if (/^(no|false|without|off|disable|0)$/i.test(fields.get('enabled')?.trim() ?? '')) return [];
  if (!field('types').includes('deb')) return [];
  const components = field('components');
  return field('uris').flatMap((uri) => field('suites').map((suite) => ({ uri, suite, components })));
}

/** Fields by lower-case name; lines that begin with a blank go on, lines that begin with `#` do not count. */
function stanzaFields(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const head = /^([\w-]+):(.*)$/.exec(line);
    if (head !== null) last = (head[1] ?? '').toLowerCase();
    fields.set(last, `${fields.get(last) ?? ''} ${head === null ? line : (head[2] ?? '')}`);
  }
  return fields;
}

function withoutLogin(uri: string): string {
  return uri.replace(/^([a-z+]+:\/\/)[^/@\s]*@/i, '$1');
}

/** A mirror of a company or a person is not named. */
function publicUri(uri: string): string {
  const plain = withoutLogin(uri);
  const host = /^[a-z+]+:\/\/([^/:]+)/i.exec(plain)?.[1] ?? '';
  if (/(^|\.)(debian\.org|proxmox\.com)$/i.test(host)) return plain;
  return plain.replace(/^([a-z+]+):\/*.*$/i, '$1://mirror.example.org/debian');
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
