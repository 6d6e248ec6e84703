// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execute } from './execute.ts';
import { inRig } from './workspace.ts';

/** The release whose kernel, QEMU and node the rig runs: the base of PVE 9. */
export const SUITE = 'trixie';

/** Debian's archive keys, from debian-archive-keyring. */
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Why the rig cannot be built on this machine, or undefined when it can. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it needs Linux on amd64';
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release)) return 'it needs Debian (apt and its mirror)';
  if (process.getuid?.() !== 0) return 'it needs root (mmdebstrap, chroot)';
  if (!existsSync(KEYRING)) return `it needs ${KEYRING} (package debian-archive-keyring)`;
  return undefined;
}

/** The Debian mirror that this machine's own apt uses. */
export async function debianMirror(): Promise<string> {
  const format = '$(ORIGIN)|$(RELEASE)|$(REPO_URI)';
  const listed = await execute(['apt-get', 'indextargets', '--format', format, 'Identifier: Packages']);
  const rows = listed.stdout
    .toString()
    .split('\n')
    .map((line) => line.split('|'));
  const uri = rows.find(([origin, release = '']) => origin === 'Debian' && !release.includes('-'))?.[2];
  if (uri === undefined) throw new Error('apt knows no Debian mirror with downloaded lists. Run apt-get update first.');
  return uri.replace(/\/$/, '');
}

/** The settings of this machine's apt that decide how to reach the mirror, in the form `Name "value";`. */
export async function transportSettings(): Promise<readonly string[]> {
  const dump = await execute(['apt-config', 'dump']);
  return dump.stdout
    .toString()
    .split('\n')
    .filter((line) => /^Acquire::(https?|ftp)::(Proxy|Verify|CaInfo)[^ ]* "[^"]/i.test(line));
}

/** Options for apt-get that make it use the rig's own lists of the suite and nothing of the host's state. */
export async function isolatedApt(mirror: string): Promise<readonly string[]> {
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(inRig('apt', folder), { recursive: true });
  writeFileSync(
    inRig('apt', 'suite.sources'),
    `Types: deb\nURIs: ${mirror}\nSuites: ${SUITE}\nComponents: main\nSigned-By: ${KEYRING}\n`,
  );
  const settings = {
    'Dir::Etc::sourcelist': inRig('apt', 'suite.sources'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': inRig('apt', 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': inRig('apt', 'cache'),
    'APT::Get::List-Cleanup': '0',
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
