// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execute } from '../rig/build/execute.ts';

/** A package made of texts. */
interface Made {
  readonly name: string;
  readonly version: string;
  readonly files: { readonly [path: string]: string };
  /** Maintainer scripts and triggers by name. */
  readonly control?: { readonly [name: string]: string };
}

/** Builds a package of its own; answers the file. */
export async function makePackage(folder: string, { name, version, files, control = {} }: Made): Promise<string> {
  const tree = join(folder, `${name}-${version}`);
  rmSync(tree, { recursive: true, force: true });
  const put = (path: string, text: string, mode: number) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
    chmodSync(join(tree, path), mode);
  };
  const fields = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: Test <test@localhost>\nDescription: stand-in\n`;
  put('DEBIAN/control', fields, 0o644);
  for (const [script, text] of Object.entries(control)) put(`DEBIAN/${script}`, text, script === 'triggers' ? 0o644 : 0o755);
  for (const [path, text] of Object.entries(files)) put(path, text, path.startsWith('/usr/sbin/') ? 0o755 : 0o644);
  return await pack(tree, join(folder, `${name}_${version}.deb`));
}

/**
 * A version before this one, made from this one: another number, chunks with other names and no file that is new. What an upgrade
 * has to take away is there.
 */
export async function olderPackage(deb: string, folder: string, version: string): Promise<string> {
  const tree = join(folder, `older-${version}`);
  rmSync(tree, { recursive: true, force: true });
  await execute(['dpkg-deb', '-R', deb, tree]);
  const control = join(tree, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
  const lib = join(tree, 'usr/lib/pveigpu/lib');
  const chunks = readdirSync(lib).filter((name) => /-[A-Z0-9]{8}\.mjs$/.test(name));
  const newName = (name: string) => name.replace(/-[A-Z0-9]{8}\.mjs$/, (hash) => `-0${hash.slice(2)}`);
  for (const name of readdirSync(lib).filter((file) => file.endsWith('.mjs'))) {
    let text = readFileSync(join(lib, name), 'utf8');
    for (const chunk of chunks) if (text.includes(chunk)) text = text.replaceAll(chunk, newName(chunk));
    writeFileSync(join(lib, name), text);
  }
  for (const chunk of chunks) {
    renameSync(join(lib, chunk), join(lib, newName(chunk)));
  }
  const sums = await execute([
    'sh',
    '-c',
    `cd ${tree} && find . -type f ! -path './DEBIAN/*' -printf '%P\\0' | sort -z | xargs -0 md5sum`,
  ]);
  writeFileSync(join(tree, 'DEBIAN/md5sums'), sums.stdout);
  return await pack(tree, join(folder, `pveigpu_${version}_all.deb`));
}

async function pack(tree: string, deb: string): Promise<string> {
  await execute(['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '-b', tree, deb]);
  return deb;
}
