// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseDkmsConf } from '../core/driver/dkms-conf.ts';
import {
  DRIVER_FOLDER,
  type DriverSource,
  digestOf,
  hashNote,
  kindOfFile,
  publishedNames,
} from '../core/driver/driver-source.ts';
import type { DkmsRelease } from '../core/gpu/dkms-releases.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';

/** Which driver file is meant. */
export interface SourceWish {
  /** The release for the kernel; its published file names are looked for. */
  readonly release: DkmsRelease;
  /** Absolute path given with `--driver-from`. */
  readonly from?: string;
  /** Hash given with `--sha256`. */
  readonly sha256?: string;
  /** Absolute path of the folder in which the command was called. */
  readonly folder?: string;
}

const READ_MS = 2 * 60_000;

/** Finds the driver on the node: what was given, else a file of the release by its published name. Undefined when there is none. */
export async function findDriverSource(host: Host, wish: SourceWish): Promise<Result<DriverSource | undefined>> {
  if (wish.from !== undefined) return await readSource(host, wish.from, wish.sha256);
  const folders = [DRIVER_FOLDER, ...(wish.folder === undefined ? [] : [wish.folder])];
  for (const folder of folders) {
    for (const name of publishedNames(wish.release)) {
      const path = `${folder.replace(/\/$/, '')}/${name}`;
      if ((await host.stat(path)).kind === 'content') return await readSource(host, path, wish.sha256);
    }
  }
  return ok(undefined);
}

async function readSource(host: Host, path: string, sha256: string | undefined): Promise<Result<DriverSource>> {
  const stat = await host.stat(path);
  if (stat.kind !== 'content')
    return problem('usage', `${path} ${stat.kind === 'absent' ? 'does not exist' : `cannot be read: ${stat.errno}`}.`, {
      hint: 'Give a .deb, a .tar.gz or a folder with dkms.conf.',
      where: path,
    });
  if (stat.value.kind === 'directory') return await readFolder(host, path);
  const kind = kindOfFile(path);
  if (kind === undefined)
    return problem('usage', `${path} is neither a .deb nor a .tar.gz.`, {
      hint: 'Give it its published name.',
      where: path,
    });
  if (!host.abilities.run)
    return problem('host.unsupported', `${path} cannot be looked into: no program can be run here.`, { where: path });
  const named = kind === 'deb' ? await readDeb(host, path) : await readArchive(host, path);
  if (!named.ok) return named;
  const digest = await digestOfFile(host, path);
  if (!digest.ok) return digest;
  if (sha256 !== undefined && sha256.toLowerCase() !== digest.value)
    return problem('driver.source', `${path} has SHA-256 ${digest.value}, not ${sha256}.`, {
      hint: 'Fetch the file again, and compare the hash with the release page.',
      where: path,
    });
  const note = await host.read(hashNote(path));
  const isNoted = note.kind === 'content' && digestOf(note.value) === digest.value;
  const accepted = isNoted ? 'noted' : sha256 === undefined ? undefined : 'given';
  return ok({ kind, path, ...named.value, sha256: digest.value, ...(accepted === undefined ? {} : { accepted }) });
}

type Named = Pick<DriverSource, 'name' | 'version' | 'kernels'>;

async function readFolder(host: Host, path: string): Promise<Result<DriverSource>> {
  const read = await host.read(`${path}/dkms.conf`);
  const conf = read.kind === 'content' ? parseDkmsConf(read.value) : undefined;
  return conf === undefined ? noConf(path, 'usage') : ok({ kind: 'directory', path, ...namedBy(conf) });
}

async function readArchive(host: Host, path: string): Promise<Result<Named>> {
  const ran = await host.run(['tar', '-xzOf', path, '--wildcards', '*/dkms.conf'], { timeoutMs: READ_MS });
  if (!ran.ok) return ran;
  const conf = ran.value.exitCode === 0 ? parseDkmsConf(ran.value.stdout) : undefined;
  return conf === undefined ? noConf(path) : ok(namedBy(conf));
}

async function readDeb(host: Host, path: string): Promise<Result<Named>> {
  const ran = await host.run(['dpkg-deb', '-f', path, 'Package', 'Version'], { timeoutMs: READ_MS });
  if (!ran.ok) return ran;
  const { exitCode, stdout, stderr } = ran.value;
  const name = /^Package: ([a-z0-9][a-z0-9.+-]*)$/m.exec(stdout)?.[1];
  const version = /^Version: ([A-Za-z0-9.+~-]+)$/m.exec(stdout)?.[1];
  if (exitCode === 0 && name !== undefined && version !== undefined) return ok({ name, version });
  return problem('driver.source', `${path} is no Debian package: ${visible(stderr.trim(), 200)}`, {
    hint: 'Fetch the file again.',
    where: path,
  });
}

function namedBy({ name, version, kernels }: Named): Named {
  return { name, version, ...(kernels === undefined ? {} : { kernels }) };
}

function noConf(path: string, code: 'usage' | 'driver.source' = 'driver.source') {
  return problem(code, `${path} has no dkms.conf that names a module and a version.`, {
    hint: 'Give the archive of a release as published, or the folder that holds dkms.conf.',
    where: path,
  });
}

async function digestOfFile(host: Host, path: string): Promise<Result<string>> {
  const ran = await host.run(['sha256sum', path], { timeoutMs: READ_MS });
  if (!ran.ok) return ran;
  const digest = digestOf(ran.value.stdout);
  return digest === undefined
    ? problem('driver.source', `The SHA-256 of ${path} could not be had.`, { where: path })
    : ok(digest);
}
