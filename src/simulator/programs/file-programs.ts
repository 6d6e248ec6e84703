// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Program, ProgramAnswer } from '../machine.ts';
import { UnknownCall } from './table.ts';

const MAGIC = 'simulated tar.gz';
const FILE = '== ';

/** The text of a simulated archive: each file after a line with its path, as `tar` would list it. */
export function archiveText(files: { readonly [path: string]: string }): string {
  const parts = Object.entries(files).map(([path, text]) => `${FILE}${path}\n${text}${text.endsWith('\n') ? '' : '\n'}`);
  return `${MAGIC}\n${parts.join('')}`;
}

/** Programs on files that the product calls for a driver's source, with the arguments that it gives. */
export const FILE_PROGRAMS: { readonly [name: string]: Program } = {
  sha256sum: async ({ tree }, argv) => {
    const [, path, ...more] = argv;
    if (path === undefined || more.length > 0 || path.startsWith('-')) throw new UnknownCall(argv);
    const bytes = content(tree, path);
    if (bytes === undefined) return failed(1, `sha256sum: ${path}: No such file or directory`);
    const digest = await crypto.subtle.digest('SHA-256', bytes.slice().buffer);
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return done(`${hex}  ${path}\n`);
  },
  // tar -xzOf FILE --wildcards */dkms.conf
  // tar --one-top-level=DIR --strip-components=1 --no-same-owner -xzf FILE
  tar: async ({ tree }, argv) => {
    const prints = argv[1] === '-xzOf' && argv[3] === '--wildcards' && argv.length === 5;
    const folder = /^--one-top-level=(\/usr\/src\/[^/]+)$/.exec(argv[1] ?? '')?.[1];
    const unpacks =
      argv[2] === '--strip-components=1' && argv[3] === '--no-same-owner' && argv[4] === '-xzf' && argv.length === 6;
    if (!prints && !(unpacks && folder !== undefined)) throw new UnknownCall(argv);
    const path = (prints ? argv[2] : argv[5]) ?? '';
    const text = tree.text(path);
    if (text === undefined) return failed(2, `tar: ${path}: Cannot open: No such file or directory`);
    const files = unpacked(text);
    if (files === undefined) return failed(2, 'gzip: stdin: not in gzip format\ntar: Error is not recoverable: exiting now');
    if (prints) {
      const name = (argv[4] ?? '').replace('*/', '');
      const [found] = Object.entries(files).flatMap(([file, inner]) => (file.endsWith(`/${name}`) ? [inner] : []));
      return found === undefined ? failed(2, `tar: ${argv[4]}: Not found in archive`) : done(found);
    }
    for (const [file, inner] of Object.entries(files)) tree.setFile(`${folder}/${file.slice(file.indexOf('/') + 1)}`, inner);
    return done('');
  },
  // cp -r -T -- FROM TO
  cp: async ({ tree }, argv) => {
    const [, recursive, whole, dashes, from = '', to = '', ...more] = argv;
    if (recursive !== '-r' || whole !== '-T' || dashes !== '--' || more.length > 0) throw new UnknownCall(argv);
    const start = tree.lookup(from);
    if ('errno' in start) return failed(1, `cp: cannot stat '${from}': No such file or directory`);
    for (const { path, node } of tree.walk(start.path))
      if (node.kind === 'file') tree.setFile(`${to}${path.slice(start.path.length)}`, node.content, { mode: node.mode });
    return done('');
  },
  // rm -rf -- /usr/src/NAME-VERSION
  rm: async ({ tree }, argv) => {
    const [, flags, dashes, path = '', ...more] = argv;
    if (flags !== '-rf' || dashes !== '--' || more.length > 0 || !/^\/usr\/src\/[^/]+$/.test(path)) throw new UnknownCall(argv);
    tree.remove(path);
    return done('');
  },
};

function content(tree: FileTree, path: string): Uint8Array | undefined {
  const found = tree.lookup(path);
  if ('errno' in found || found.node.kind !== 'file') return undefined;
  const { content: bytes } = found.node;
  return typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
}

function unpacked(text: string): { readonly [path: string]: string } | undefined {
  if (!text.startsWith(`${MAGIC}\n`)) return undefined;
  const files: { [path: string]: string } = {};
  let path = '';
  for (const line of text.slice(MAGIC.length + 1).split('\n')) {
    if (line.startsWith(FILE)) path = line.slice(FILE.length);
    else if (path !== '') files[path] = `${files[path] ?? ''}${line}\n`;
  }
  return Object.fromEntries(Object.entries(files).map(([name, inner]) => [name, inner.replace(/\n\n$/, '\n')]));
}

function done(stdout: string): ProgramAnswer {
  return { exitCode: 0, stdout, stderr: '' };
}

function failed(exitCode: number, stderr: string): ProgramAnswer {
  return { exitCode, stdout: '', stderr: `${stderr}\n` };
}
