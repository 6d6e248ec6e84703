// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SectionName } from '../core/facts/host-facts.ts';
import { judge } from '../core/gpu/judge.ts';
import { ok, type Result } from '../core/problem.ts';
import type { SetupGround } from '../core/setup/setup-part.ts';
import type { Context } from './context.ts';
import { readDesired, readLedger } from './engine/state-files.ts';
import { readBuildDependencies } from './read-build-dependencies.ts';
import { sense } from './sense/sense.ts';

const SECTIONS: readonly SectionName[] = [
  'pci',
  'drm',
  'holders',
  'kernel',
  'modules',
  'logs',
  'platform',
  'pve',
  'guests',
  'boot',
  'config',
  'packages',
];

/** What the planners of drivers rest on. Fails only where our own state cannot be read. */
export async function driverGround({ host }: Context): Promise<Result<SetupGround>> {
  const ledger = await readLedger(host);
  if (!ledger.ok) return ledger;
  const desired = await readDesired(host);
  if (!desired.ok) return desired;
  const facts = await sense(host, SECTIONS);
  const tools = await readBuildDependencies(host, ledger.value);
  return ok({
    facts,
    verdict: judge(facts),
    ledger: ledger.value,
    desired: desired.value,
    ...(tools === undefined ? {} : { buildDependencies: tools }),
  });
}
