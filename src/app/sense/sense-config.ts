// SPDX-License-Identifier: AGPL-3.0-or-later
import { CONFIG_DIRECTORIES, CONFIG_FILES } from '../../core/boot/config-paths.ts';
import { isDriverFile } from '../../core/driver/own-dkms-files.ts';
import type { ConfigFacts, ConfigFile } from '../../core/facts/config-facts.ts';
import { known, type Section } from '../../core/facts/section.ts';
import { toBase64 } from '../../core/plan/file-image.ts';
import { isOwnPath } from '../../core/setup/own-path.ts';
import type { Host } from '../../ports/host.ts';
import { LEDGER_FILE } from '../engine/state-paths.ts';
import { linkTarget } from './link-target.ts';

type Unreadable = ConfigFacts['unreadable'][number];

/**
 * Every file that host set-up may read or change, whole. Behind a link too, by the link's name, for who keeps his configuration
 * somewhere else; not where it leads to another of these files (`modules.conf` to `/etc/modules`) or to one that is not the administrator's
 * (a masked file to `/dev/null`, one of a package in `/usr`).
 */
export async function senseConfig(host: Host): Promise<Section<ConfigFacts>> {
  const [listed, ledger] = await Promise.all([
    Promise.all(CONFIG_DIRECTORIES.map((one) => listing(host, one))),
    ledgerPaths(host),
  ]);
  const unreadable: Unreadable[] = [];
  const paths = new Set<string>([...CONFIG_FILES, ...ledger]);
  for (const one of listed) {
    if ('errno' in one) unreadable.push(one);
    else for (const path of one.paths) paths.add(path);
  }
  const files: ConfigFile[] = [];
  const { places, masked } = await placesOf(host, [...paths].sort());
  for (const file of await Promise.all(places.map((path) => readFile(host, path)))) {
    if (file === undefined) continue;
    if ('errno' in file) unreadable.push(file);
    else files.push(file);
  }
  return known({ files, unreadable, ...(masked.length === 0 ? {} : { masked }) });
}

async function listing(
  host: Host,
  [directory, names]: readonly [string, RegExp],
): Promise<{ readonly paths: readonly string[] } | Unreadable> {
  const read = await host.list(directory);
  if (read.kind === 'unreadable') return { path: directory, errno: read.errno };
  if (read.kind === 'absent') return { paths: [] };
  return { paths: read.value.filter((name) => names.test(name)).map((name) => `${directory}/${name}`) };
}

/** Targets of links that are not the administrator's. */
const NOT_THEIRS = /^\/(?:usr|lib|run|proc|sys|dev)\//;

/** The paths without links that are left out, and those of ours among the latter; of several links to one file the first stays. */
async function placesOf(
  host: Host,
  paths: readonly string[],
): Promise<{ readonly places: readonly string[]; readonly masked: readonly string[] }> {
  const targets = await Promise.all(paths.map((path) => linkTarget(host, path)));
  const isNotTheirs = (index: number) => NOT_THEIRS.test(targets[index] ?? '');
  const places = paths.filter((_path, index) => {
    const target = targets[index];
    if (target === undefined) return true;
    return !isNotTheirs(index) && !paths.includes(target) && targets.indexOf(target) === index;
  });
  return { places, masked: paths.filter((path, index) => isOwnPath(path) && isNotTheirs(index)) };
}

async function readFile(host: Host, path: string): Promise<ConfigFile | Unreadable | undefined> {
  const stat = await host.stat(path);
  if (stat.kind === 'absent') return undefined;
  if (stat.kind === 'unreadable') return { path, errno: stat.errno };
  if (stat.value.kind !== 'file') return undefined;
  const { mode, uid, gid } = stat.value;
  const bytes = await host.readBytes(path);
  if (bytes.kind === 'absent') return undefined;
  if (bytes.kind === 'unreadable') return { path, errno: bytes.errno };
  return { path, base64: toBase64(bytes.value), mode, uid, gid };
}

/** Files that we have changed; the schema library is loaded only where there is a ledger. */
async function ledgerPaths(host: Host): Promise<readonly string[]> {
  if ((await host.stat(LEDGER_FILE)).kind !== 'content') return [];
  const { readLedger } = await import('../engine/state-files.ts');
  const ledger = await readLedger(host);
  return ledger.ok ? Object.keys(ledger.value.files).filter((path) => path.startsWith('/etc/') || isDriverFile(path)) : [];
}
