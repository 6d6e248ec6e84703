// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Program, ProgramAnswer } from '../machine.ts';
import { UnknownCall } from './table.ts';
import { type PoolFeature, zpool } from './zpool.ts';

/** Small programs of the base system; mails that are sent go into `mails`, oldest first. */
export function toolPrograms(mails: string[], features: ReadonlyMap<string, PoolFeature>): { readonly [name: string]: Program } {
  return {
    sendmail: async (_machine, argv, options) => {
      if (argv.slice(1).join(' ') !== '-i -t' || options.stdin === undefined) throw new UnknownCall(argv);
      mails.push(options.stdin);
      return answer(0);
    },
    sha256sum,
    modinfo,
    tar,
    rm: async ({ tree }, argv) => {
      const [, flags, dashes, path, ...more] = argv;
      if (flags !== '-rf' || dashes !== '--' || path === undefined || more.length > 0) throw new UnknownCall(argv);
      tree.remove(path);
      return answer(0);
    },
    cp: async ({ tree }, argv) => {
      const [, recursive, noTarget, dashes, from, to] = argv;
      if (recursive !== '-r' || noTarget !== '-T' || dashes !== '--' || from === undefined || to === undefined)
        throw new UnknownCall(argv);
      if (tree.get(from) === undefined) return answer(1, '', `cp: cannot stat '${from}': No such file or directory\n`);
      copy(tree, from, to);
      return answer(0);
    },
    zpool: zpool(features),
  };
}

const sha256sum: Program = async ({ tree }, argv) => {
  const [, path, ...more] = argv;
  if (path === undefined || path.startsWith('-') || more.length > 0) throw new UnknownCall(argv);
  const text = tree.text(path);
  if (text === undefined) return answer(1, '', `sha256sum: ${path}: No such file or directory\n`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return answer(0, `${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}  ${path}\n`);
};

/** `modinfo -F FIELD FILE`: one line for each value, none for a field that the module has not. */
const modinfo: Program = async ({ tree }, argv) => {
  const [, option, field = '', path = '', ...more] = argv;
  if (option !== '-F' || path === '' || more.length > 0) throw new UnknownCall(argv);
  const text = tree.text(path);
  if (text === undefined) return answer(1, '', `modinfo: ERROR: Module ${path} not found.\n`);
  const values = text.split('\n').filter((line) => line.startsWith(`${field}: `));
  return answer(0, values.map((line) => `${line.slice(field.length + 2)}\n`).join(''));
};

/** First line of a simulated archive; then each file after a line `== PATH`. */
const MAGIC = 'simulated tar\n';

/** The text of an archive with files by their path within it. */
export function tarText(files: { readonly [path: string]: string }): string {
  return (
    MAGIC +
    Object.entries(files)
      .map(([path, text]) => `== ${path}\n${text.replace(/\n?$/, '\n')}`)
      .join('')
  );
}

/** `tar -xzOf FILE --wildcards PATTERN` and `tar --one-top-level=DIR --strip-components=1 --no-same-owner -xzf FILE`. */
const tar: Program = async ({ tree }, argv) => {
  const words = argv.slice(1);
  const into = /^--one-top-level=(.+)$/.exec(words[0] ?? '')?.[1];
  const shows = words[0] === '-xzOf' && words[2] === '--wildcards' && words.length === 4;
  const unpacks =
    into !== undefined && words.slice(1, 4).join(' ') === '--strip-components=1 --no-same-owner -xzf' && words.length === 5;
  if (!shows && !unpacks) throw new UnknownCall(argv);
  const path = (shows ? words[1] : words[4]) ?? '';
  const text = tree.text(path);
  if (text === undefined)
    return answer(
      2,
      '',
      `tar (child): ${path}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n`,
    );
  if (!text.startsWith(MAGIC))
    return answer(
      2,
      '',
      '\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n',
    );
  const files = text
    .slice(MAGIC.length)
    .split(/^== /m)
    .filter((part) => part !== '')
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)] as const);
  if (unpacks) {
    for (const [name, content] of files) tree.setFile(`${into}/${name.split('/').slice(1).join('/')}`, content);
    return answer(0);
  }
  const end = (words[3] ?? '').replace(/^\*/, '');
  const found = files.filter(([name]) => name.endsWith(end));
  if (found.length === 0)
    return answer(2, '', `tar: ${words[3]}: Not found in archive\ntar: Exiting with failure status due to previous errors\n`);
  return answer(0, found.map(([, content]) => content).join(''));
};

function copy(tree: FileTree, from: string, to: string): void {
  const start = tree.lookup(from);
  if (!('node' in start)) return;
  for (const { path, node } of tree.walk(start.path)) {
    const target = to + path.slice(start.path.length);
    if (node.kind === 'file') tree.setFile(target, node.content, { mode: node.mode });
    else if (node.kind === 'directory') tree.setDirectory(target);
    else if (node.kind === 'symlink') tree.setLink(target, node.target);
  }
}

function answer(exitCode: number, stdout = '', stderr = ''): ProgramAnswer {
  return { exitCode, stdout, stderr };
}
