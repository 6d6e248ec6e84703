// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PackageFacts } from '../../core/facts/package-facts.ts';
import { known, type Section } from '../../core/facts/section.ts';
import { aptSourceLine, parseAptSources } from '../../core/platform/apt-sources.ts';
import { packageStates } from '../../core/platform/package-states.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { listOptional, readOptional, unreadable } from './attribute.ts';

const STATUS = '/var/lib/dpkg/status';
const PARTS = '/etc/apt/sources.list.d';

/** The packages that host set-up needs to know of, and what apt installs from. Files only; unknown when dpkg's status cannot be read. */
export async function sensePackages(host: Host): Promise<Section<PackageFacts>> {
  const [status, sources, logins] = await Promise.all([
    host.read(STATUS),
    readSources(host),
    listOptional(host, '/etc/apt/auth.conf.d'),
  ]);
  if (status.kind === 'unreadable') return unreadable(STATUS, status.errno);
  const packages = status.kind === 'content' ? packageStates(status.value) : [];
  return known({
    packages: packages.map(({ name, version, state }) => ({
      name: visible(name, 120),
      version: visible(version, 120),
      state: visible(state, 40),
    })),
    sources,
    enterpriseLogin: logins.includes('pve.conf'),
  });
}

/** Names as apt wants them (sources.list(5)): letters, digits, and `_`, `-`, `.` inside. */
async function readSources(host: Host): Promise<PackageFacts['sources']> {
  const parts = (await listOptional(host, PARTS)).filter((name) => /^[\w.-]+\.(list|sources)$/.test(name));
  const paths = ['/etc/apt/sources.list', ...parts.map((name) => `${PARTS}/${name}`)];
  const texts = await Promise.all(paths.map(async (path) => [path, await readOptional(host, path)] as const));
  return texts.flatMap(([path, text]) =>
    text === undefined
      ? []
      : parseAptSources(path, text).map((source) => ({ path: visible(path, 200), text: visible(aptSourceLine(source), 300) })),
  );
}
