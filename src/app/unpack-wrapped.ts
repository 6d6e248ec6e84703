// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../core/problem.ts';
import type { Wrapping } from '../core/rom/extract/wrapping.ts';
import type { Host } from '../ports/host.ts';

/** Where nobody's programs may write: a memory file system of this size, so that no bomb fills the disk of a node. */
const ROOM = 'size=512m,nr_inodes=20000,mode=0700,uid=65534,gid=65534,nosuid,nodev,noexec';
const NOBODY = '65534';
const TIMEOUT_MS = 120_000;
const FOLDER = /^\/var\/tmp\/pveigpu-[A-Za-z0-9]{8}$/;

/** The programs that can unpack, in the order in which they are tried, and the Debian package of each. */
const PROGRAMS: { readonly [W in Wrapping]: readonly Unpacker[] } = {
  'inno-setup': [
    { path: '/usr/bin/innoextract', package: 'innoextract', options: (file, to) => ['--silent', '--output-dir', to, file] },
  ],
  installer: sevenZip(),
  archive: sevenZip(),
  iso: sevenZip(),
};

interface Unpacker {
  readonly path: string;
  readonly package: string;
  readonly options: (file: string, to: string) => readonly string[];
}

/** Debian 12 has only the first name, Debian 13 both. */
function sevenZip(): readonly Unpacker[] {
  const options = (file: string, to: string) => ['x', '-y', '-bd', '-bso0', `-o${to}`, '--', file];
  return ['/usr/bin/7zz', '/usr/bin/7z'].map((path) => ({ path, package: '7zip', options }));
}

/** A file that came out. */
export interface WrappedFile {
  /** Below the folder that it was unpacked to. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Unpacks a file with a program of the machine, as nobody, without network, without privileges, with bounded memory, time and room, and hands the files to
 * `use` before all is removed again. Needs root. Fails with `host.unsupported` where the program is not installed, with `host.run` where it fails.
 */
export async function unpackWrapped<T>(
  host: Host,
  path: string,
  wrapping: Wrapping,
  use: (files: readonly WrappedFile[]) => Promise<T>,
): Promise<Result<T>> {
  const unpacker = await installed(host, PROGRAMS[wrapping]);
  if (!unpacker.ok) return unpacker;
  const made = await run(host, ['mktemp', '-d', '/var/tmp/pveigpu-XXXXXXXX']);
  if (!made.ok) return made;
  const folder = made.value.trim();
  if (!FOLDER.test(folder)) return problem('host.run', `mktemp made ${folder}, which was not asked for.`);
  const [file, out] = [`${folder}/file`, `${folder}/out`];
  try {
    for (const argv of [
      ['install', '-m', '0444', '--', path, file],
      ['mkdir', out],
      ['mount', '-t', 'tmpfs', '-o', ROOM, 'pveigpu', out],
      ['chmod', '0711', folder],
      [...CAGE, unpacker.value.path, ...unpacker.value.options(file, out)],
    ] as const) {
      const done = await run(host, argv);
      if (!done.ok) return done;
    }
    return ok(await use(await filesBelow(host, out)));
  } finally {
    await host.run(['umount', out]);
    await host.run(['rm', '-rf', '--one-file-system', '--', folder]);
  }
}

/** No network, nobody's rights and none to gain, 2 GiB of memory, a time of its own, no core files. */
const CAGE = [
  ...['unshare', '--net', '--'],
  ...['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs', '--inh-caps=-all'],
  ...['--bounding-set=-all', '--', 'prlimit', '--as=2147483648', `--cpu=${TIMEOUT_MS / 1000}`, '--core=0', '--'],
] as const;

async function installed(host: Host, unpackers: readonly Unpacker[]): Promise<Result<Unpacker>> {
  for (const unpacker of unpackers) {
    const stat = await host.stat(unpacker.path);
    if (stat.kind === 'content' && stat.value.kind === 'file') return ok(unpacker);
  }
  const name = unpackers[0]?.package ?? '';
  return problem('host.unsupported', `It is wrapped in a way that ${name} unpacks, which is not installed.`, {
    hint: `apt install ${name}`,
  });
}

async function run(host: Host, argv: readonly [string, ...string[]]): Promise<Result<string>> {
  const ran = await host.run(argv, { timeoutMs: TIMEOUT_MS });
  if (!ran.ok) return ran;
  if (ran.value.exitCode === 0) return ok(ran.value.stdout);
  const said = `${ran.value.stdout}\n${ran.value.stderr}`.trim().split('\n').at(-1) ?? '';
  const program = argv.find((word) => word.startsWith('/usr/bin/')) ?? argv[0];
  return problem('host.run', `${program} could not unpack it (exit code ${ran.value.exitCode}): ${said}`);
}

/** The largest number of files that are looked at, and how deep; links are no files. */
const MOST_FILES = 5000;
const MOST_LEVELS = 12;

async function filesBelow(host: Host, root: string): Promise<readonly WrappedFile[]> {
  const files: WrappedFile[] = [];
  const walk = async (folder: string, level: number): Promise<void> => {
    const names = await host.list(folder);
    if (names.kind !== 'content' || level > MOST_LEVELS) return;
    for (const name of names.value) {
      if (files.length >= MOST_FILES) return;
      const path = `${folder}/${name}`;
      const stat = await host.stat(path, { noFollow: true });
      if (stat.kind !== 'content') continue;
      if (stat.value.kind === 'directory') await walk(path, level + 1);
      else if (stat.value.kind === 'file')
        files.push({ name: path.slice(root.length + 1), path, sizeBytes: stat.value.sizeBytes });
    }
  };
  await walk(root, 0);
  return files;
}
