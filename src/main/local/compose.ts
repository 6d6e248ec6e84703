// SPDX-License-Identifier: AGPL-3.0-or-later
import { realpathSync } from 'node:fs';
import { systemClock } from '../../adapters/clock-system.ts';
import { localHost } from '../../adapters/host-local.ts';
import type { Context } from '../../app/context.ts';
import type { Log } from '../../ports/clock-log.ts';
import { pveOf } from '../pve/compose.ts';

/** The machine that runs us, or a directory of it; statically imported, so that it can be part of a small bundle. */
export function localContext(root: string, log: Log): Context {
  const host = localHost({ root });
  const program = root === '/' ? ownProgram() : undefined;
  return { host, pve: pveOf(host), clock: systemClock, log, ...(program === undefined ? {} : { program }) };
}

/** The script that node was given, links followed; undefined in the hook's bundle or a test. */
function ownProgram(): string | undefined {
  const [, script = ''] = process.argv;
  try {
    const path = realpathSync(script);
    return path.endsWith('/pveigpu.cjs') ? path : undefined;
  } catch {
    return undefined;
  }
}
