// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Package } from './package.ts';

/** First line of a simulated `.deb`; a real one is an ar archive and begins with the same word. */
const MAGIC = '!<arch> simulated\n';
const FILE = '== ';

/** The text of a simulated `.deb`: control fields, then each file after a line with its path. */
export function debText(deb: Package): string {
  if (deb.brings.kind !== 'files') throw new Error(`a simulated .deb brings files: ${deb.name}`);
  const files = Object.entries(deb.brings.files).map(
    ([path, text]) => `${FILE}${path}\n${text}${text.endsWith('\n') ? '' : '\n'}`,
  );
  return (
    `${MAGIC}Package: ${deb.name}\nVersion: ${deb.version}\nArchitecture: ${deb.architecture}\n` +
    `${deb.depends.length === 0 ? '' : `Depends: ${deb.depends.join(', ')}\n`}` +
    `Postinst: ${deb.brings.postinst}\nDescription: ${deb.description}\n\n${files.join('')}`
  );
}

/** Reads a simulated `.deb` back; undefined when the text is none. */
export function readDeb(text: string): Package | undefined {
  if (!text.startsWith(MAGIC)) return undefined;
  const [control = '', ...rest] = text.slice(MAGIC.length).split('\n\n');
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(control)?.[1];
  const [name, version] = [field('Package'), field('Version')];
  if (name === undefined || version === undefined) return undefined;
  const files: { [path: string]: string } = {};
  let path = '';
  for (const line of rest.join('\n\n').split('\n')) {
    if (line.startsWith(FILE)) {
      path = line.slice(FILE.length);
      files[path] = '';
    } else if (path !== '') files[path] += `${line}\n`;
  }
  for (const [at, content] of Object.entries(files)) files[at] = content.replace(/\n+$/, '\n');
  return {
    name,
    version,
    architecture: field('Architecture') === 'all' ? 'all' : 'amd64',
    depends: field('Depends')?.split(/,\s*/) ?? [],
    origin: 'file',
    description: field('Description') ?? '',
    sizeKib: Math.ceil(text.length / 1024),
    brings: { kind: 'files', files, postinst: field('Postinst') === 'stops' ? 'stops' : 'goes-on' },
  };
}

/** The control fields of a `.deb` in their order, without those that only the simulation has. */
export function debControl(text: string): readonly (readonly [string, string])[] | undefined {
  if (readDeb(text) === undefined) return undefined;
  const control = text.slice(MAGIC.length).split('\n\n')[0] ?? '';
  return control.split('\n').flatMap((line) => {
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon);
    return name === 'Postinst' || colon < 0 ? [] : [[name, line.slice(colon + 2)] as const];
  });
}
