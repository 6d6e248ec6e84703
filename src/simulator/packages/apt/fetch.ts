// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import type { ProgramAnswer } from '../../machine.ts';
import type { Output } from '../output.ts';
import type { Package } from '../package.ts';
import type { PackageWorld } from '../package-world.ts';
import { type Repository, repositories, repositoryOf } from '../sources.ts';

/** Downloads what is not a file already; false and apt's errors when that cannot be. */
export function fetchPackages(tree: FileTree, output: Output, world: PackageWorld, todo: readonly Package[]): boolean {
  if (todo.length === 0) return true;
  const remote = todo.filter(({ origin }) => origin !== 'file');
  const kib = remote.reduce((sum, { sizeKib }) => sum + sizeKib, 0);
  output.say(`Need to get ${kib} kB of archives.`, `After this operation, ${kib * 4} kB of additional disk space will be used.`);
  let [at, failed] = [0, false];
  for (const one of remote) {
    at += 1;
    const from = repositoryOf(tree, one);
    const place = `${from?.uri} ${from?.suite}/${from?.component} amd64 ${one.name} ${one.architecture} ${one.version}`;
    if (!world.isOffline(tree)) {
      output.say(`Get:${at} ${place} [${one.sizeKib} kB]`);
      continue;
    }
    const why = `Temporary failure resolving '${hostOf(from?.uri)}'`;
    output.say(`Err:${at} ${place}`, `  ${why}`);
    output.complain(`E: Failed to fetch ${from?.uri}/pool/${one.name}_${one.version}_${one.architecture}.deb  ${why}`);
    failed = true;
  }
  if (failed) output.complain('E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?');
  return !failed;
}

/** `apt-get update`: warns of repositories that cannot be reached, and fails for one that asks for a subscription. */
export function aptUpdate(tree: FileTree, output: Output, world: PackageWorld): ProgramAnswer {
  let [at, failed] = [0, false];
  const seen = new Set<string>();
  for (const one of repositories(tree)) {
    const place = `${one.uri} ${one.suite}`;
    if (seen.has(place)) continue;
    seen.add(place);
    at += 1;
    if (world.isOffline(tree)) offline(output, at, one);
    else if (one.component === 'pve-enterprise') {
      failed = true;
      output.say(`Err:${at} ${place} InRelease`, '  401  Unauthorized [IP: 192.0.2.80 443]');
      output.complain(`E: Failed to fetch ${one.uri}/dists/${one.suite}/InRelease  401  Unauthorized [IP: 192.0.2.80 443]`);
      output.complain(`E: The repository '${place} InRelease' is not signed.`);
    } else output.say(`Hit:${at} ${place} InRelease`);
  }
  output.say('Reading package lists...');
  return output.exit(failed ? 100 : 0);
}

/** Being offline is only a warning to `apt-get update`, which then keeps its old lists. */
function offline(output: Output, at: number, { uri, suite }: Repository): void {
  const why = `Temporary failure resolving '${hostOf(uri)}'`;
  output.say(`Err:${at} ${uri} ${suite} InRelease`, `  ${why}`);
  output.complain(`W: Failed to fetch ${uri}/dists/${suite}/InRelease  ${why}`);
}

function hostOf(uri = ''): string {
  return uri.split('/')[2] ?? '';
}
