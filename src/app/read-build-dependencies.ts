// SPDX-License-Identifier: AGPL-3.0-or-later
import { isBuildTool } from '../core/driver/build-tools.ts';
import { type BuildDependencies, buildDependencies } from '../core/driver/idle-dependencies.ts';
import type { Ledger } from '../core/plan/ledger.ts';
import type { Host } from '../ports/host.ts';
import { readOptional } from './sense/attribute.ts';

/** What came with build tools that we installed; undefined where we installed none, or where dpkg's files cannot be read. */
export async function readBuildDependencies(host: Host, { packages }: Ledger): Promise<BuildDependencies | undefined> {
  const ours = Object.keys(packages).filter((name) => packages[name] === null);
  if (!ours.some(isBuildTool)) return undefined;
  const status = await readOptional(host, '/var/lib/dpkg/status');
  const extended = await readOptional(host, '/var/lib/apt/extended_states');
  return status === undefined || extended === undefined ? undefined : buildDependencies(status, extended, ours);
}
