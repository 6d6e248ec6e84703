// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import type { Program } from '../../machine.ts';
import { UnknownCall } from '../../programs/table.ts';
import { compareDebianVersions } from '../debian-version.ts';
import { knownPackage, readDpkgStatus } from '../dpkg-status.ts';
import { Output } from '../output.ts';
import type { PackageWorld } from '../package-world.ts';
import { repositoryOf } from '../sources.ts';

/** `apt-cache policy NAME...`; a word that begins with `^` is a pattern. A name that nobody has heard of prints nothing. */
export function aptCache(world: PackageWorld): Program {
  return async ({ tree }, argv) => {
    const [, policy, ...words] = argv;
    if (policy !== 'policy' || words.length === 0 || words.some((word) => word.startsWith('-'))) throw new UnknownCall(argv);
    const output = new Output();
    const all = [...new Set([...world.offered, ...readDpkgStatus(tree)].map(({ name }) => name))].sort();
    for (const word of words) {
      const names = word.startsWith('^') ? all.filter((name) => new RegExp(word).test(name)) : [word];
      for (const name of names) if (world.hasHeardOf(tree, name)) policyOf(tree, output, world, name);
    }
    return output.exit(0);
  };
}

function policyOf(tree: FileTree, output: Output, world: PackageWorld, name: string): void {
  const known = knownPackage(tree, name);
  const installed = known === undefined || known.state === 'config-files' ? undefined : known.version;
  const offered = world.versions(tree, name);
  const versions = [...new Set([...offered.map(({ version }) => version), ...(installed === undefined ? [] : [installed])])].sort(
    (a, b) => compareDebianVersions(b, a),
  );
  output.say(`${name}:`, `  Installed: ${installed ?? '(none)'}`, `  Candidate: ${versions[0] ?? '(none)'}`, '  Version table:');
  for (const version of versions) {
    const from = offered.find((one) => one.version === version);
    output.say(`${version === installed ? ' ***' : '    '} ${version} ${from === undefined ? 100 : 500}`);
    const place = from === undefined ? undefined : repositoryOf(tree, from);
    if (place !== undefined) output.say(`        500 ${place.uri} ${place.suite}/${place.component} amd64 Packages`);
    if (version === installed) output.say('        100 /var/lib/dpkg/status');
  }
}
