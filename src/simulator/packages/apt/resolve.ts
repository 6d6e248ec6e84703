// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import { readDeb } from '../deb-file.ts';
import { compareDebianVersions } from '../debian-version.ts';
import { isInstalled, knownPackage, readDpkgStatus } from '../dpkg-status.ts';
import { alternatives, type Package } from '../package.ts';
import type { PackageWorld } from '../package-world.ts';

/** What apt would do for `install`: packages in the order in which they are unpacked, or its refusal. */
export type Resolved =
  | {
      readonly todo: readonly Package[];
      /** Asked for, and there in that version already. */
      readonly newest: readonly Package[];
      readonly asked: readonly string[];
    }
  | { readonly out: readonly string[]; readonly errors: readonly string[]; readonly early?: boolean };

/** Finds the packages for the words after `install`, with what they need that is not there. */
export function resolveInstall(tree: FileTree, world: PackageWorld, words: readonly string[]): Resolved {
  const wanted: Package[] = [];
  for (const word of words) {
    const found = word.startsWith('/') ? fromFile(tree, word) : fromArchive(tree, world, word);
    if ('errors' in found) return found;
    wanted.push(found);
  }
  const newest = wanted.filter((one) => isInstalled(tree, one.name) && knownPackage(tree, one.name)?.version === one.version);
  const todo: Package[] = [];
  for (const one of wanted) {
    if (newest.includes(one)) continue;
    const unmet = collect(tree, world, one, wanted, todo);
    if (unmet !== undefined) return broken(unmet);
  }
  return { todo, newest, asked: wanted.map(({ name }) => name) };
}

function fromFile(tree: FileTree, path: string): Package | Extract<Resolved, { errors: readonly string[] }> {
  const text = tree.text(path);
  if (text === undefined) return { out: [], errors: [`E: Unsupported file ${path} given on commandline`], early: true };
  const deb = readDeb(text);
  if (deb !== undefined) return deb;
  return {
    out: [],
    errors: [
      'E: read, still have 2 to read but none left',
      'E: Internal error, could not locate member control.tar{.zst,.lz4,.gz,.xz,.bz2,.lzma,}',
      `E: Could not read meta data from ${path}`,
      'E: The package lists or status file could not be parsed or opened.',
    ],
    early: true,
  };
}

function fromArchive(
  tree: FileTree,
  world: PackageWorld,
  word: string,
): Package | Extract<Resolved, { errors: readonly string[] }> {
  const [name = '', version] = word.split('=');
  const versions = world.versions(tree, name);
  const known = knownPackage(tree, name);
  const installed = known !== undefined && known.state !== 'config-files' ? known : undefined;
  if (!world.hasHeardOf(tree, name)) return { out: [], errors: [`E: Unable to locate package ${name}`] };
  const same = (one: string) => (version === undefined ? true : one === version);
  const candidate = versions.find((one) => same(one.version));
  if (
    candidate !== undefined &&
    (installed === undefined || version !== undefined || compareDebianVersions(candidate.version, installed.version) >= 0)
  )
    return candidate;
  if (installed !== undefined && same(installed.version))
    return { ...installed, architecture: 'amd64', origin: 'debian', sizeKib: 0, brings: { kind: 'nothing' } };
  const out =
    versions.length > 0
      ? []
      : [
          `Package ${name} is not available, but is referred to by another package.`,
          'This may mean that the package is missing, has been obsoleted, or',
          'is only available from another source',
          '',
        ];
  const errors =
    version === undefined
      ? [`E: Package '${name}' has no installation candidate`]
      : [`E: Version '${version}' for '${name}' was not found`];
  return { out, errors };
}

/** Adds a package after all that it needs; the line about the first need that cannot be met. */
function collect(
  tree: FileTree,
  world: PackageWorld,
  one: Package,
  wanted: readonly Package[],
  todo: Package[],
): string | undefined {
  if (todo.some(({ name }) => name === one.name)) return undefined;
  for (const dependency of one.depends) {
    const names = alternatives(dependency);
    if (
      names.some((name) => isInstalled(tree, name) || [...wanted, ...todo].some((other) => other.name === name && other !== one))
    ) {
      const sibling = wanted.find((other) => names.includes(other.name) && other !== one && !todo.includes(other));
      const unmet =
        sibling === undefined || isInstalled(tree, sibling.name) ? undefined : collect(tree, world, sibling, wanted, todo);
      if (unmet !== undefined) return unmet;
      continue;
    }
    const candidate = names.map((name) => world.versions(tree, name)[0]).find((found) => found !== undefined);
    if (candidate === undefined) return ` ${one.name} : Depends: ${dependency} but it is not installable`;
    const unmet = collect(tree, world, candidate, wanted, todo);
    if (unmet !== undefined) return unmet;
  }
  todo.push(one);
  return undefined;
}

function broken(unmet: string): Resolved {
  return {
    out: [
      'Some packages could not be installed. This may mean that you have',
      'requested an impossible situation or if you are using the unstable',
      'distribution that some required packages have not yet been created',
      'or been moved out of Incoming.',
      'The following information may help to resolve the situation:',
      '',
      'The following packages have unmet dependencies:',
      unmet,
    ],
    errors: ['E: Unable to correct problems, you have held broken packages.'],
  };
}

/** The installed packages that cannot stay when some are removed, those asked for among them, dependants first. */
export function resolveRemove(tree: FileTree, names: readonly string[]): readonly string[] {
  const gone = [...names];
  const installed = readDpkgStatus(tree).filter(({ state }) => state !== 'config-files');
  for (let at = 0; at < gone.length; at += 1) {
    for (const one of installed) {
      if (gone.includes(one.name)) continue;
      const stays = (name: string) => installed.some((other) => other.name === name) && !gone.includes(name);
      const loses = one.depends.some((dependency) => {
        const options = alternatives(dependency);
        return options.includes(gone[at] ?? '') && !options.some(stays);
      });
      if (loses) gone.push(one.name);
    }
  }
  return gone.reverse();
}
