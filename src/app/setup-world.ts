// SPDX-License-Identifier: AGPL-3.0-or-later
import { judge } from '../core/gpu/judge.ts';
import type { Ledger } from '../core/plan/ledger.ts';
import { ok, type Result } from '../core/problem.ts';
import { OWN_HEADER, UNIT_FOLDER } from '../core/setup/own-path.ts';
import { PROGRAM } from '../core/setup/program.ts';
import type { SetupWorld } from '../core/setup/setup-wish.ts';
import { HANDOVER_SIGNS } from '../core/whole-gpu/handover-sign.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { readBootId } from './engine/boot-id.ts';
import { readPending } from './engine/pending-file.ts';
import { readDesired, readLedger } from './engine/state-files.ts';
import { senseForPlan } from './guest-ground.ts';
import { readBuildDependencies } from './read-build-dependencies.ts';
import { ALL_SECTIONS } from './sense/sense.ts';

/** Where systemd links what it starts at boot (our units are `WantedBy=multi-user.target` or `timers.target`). */
const WANTS = ['multi-user.target.wants', 'timers.target.wants', 'sysinit.target.wants'];

/** Reads all that the planners of host set-up rest on. Fails only where our own state cannot be read. */
export async function setupWorld(context: Context): Promise<Result<SetupWorld>> {
  const { host } = context;
  const ledger = await readLedger(host);
  if (!ledger.ok) return ledger;
  const desired = await readDesired(host);
  if (!desired.ok) return desired;
  const pending = await readPending(host);
  if (!pending.ok) return pending;
  const facts = await senseForPlan(context, ALL_SECTIONS);
  const tools = await readBuildDependencies(host, ledger.value);
  return ok({
    facts,
    verdict: judge(facts),
    ledger: ledger.value,
    desired: desired.value,
    pending: pending.value,
    bootId: (await readBootId(host)) ?? null,
    enabledUnits: await enabledUnits(host, ledger.value),
    program: await programOn(context),
    handovers: await handoversOf(host),
    ...(tools === undefined ? {} : { buildDependencies: tools }),
  });
}

/** Which guest has which GPU by hand-over, by the signs. */
async function handoversOf(host: Host): Promise<ReadonlyMap<number, string>> {
  const names = await host.list(HANDOVER_SIGNS);
  const signs = new Map<number, string>();
  for (const name of names.kind === 'content' ? names.value : []) {
    const sign = await host.read(`${HANDOVER_SIGNS}/${name}`);
    if (sign.kind === 'content') signs.set(Number(name), sign.value.trim());
  }
  return signs;
}

/** The command as packages install it, else the one that runs, such as that of a checkout. */
async function programOn({ host, program }: Context): Promise<string> {
  if (program === undefined) return PROGRAM;
  return (await host.stat(PROGRAM)).kind === 'content' ? PROGRAM : program;
}

/** Units of ours that systemd starts at boot, by its links. A unit of somebody else may be named like ours: its text or the ledger tells. */
async function enabledUnits(host: Host, ledger: Ledger): Promise<readonly string[]> {
  const listed = await Promise.all(WANTS.map((folder) => host.list(`${UNIT_FOLDER}/${folder}`)));
  const names = listed.flatMap((read) => (read.kind === 'content' ? read.value : []));
  const named = [...new Set(names)].filter((name) => name.startsWith('pveigpu-')).sort();
  const texts = await Promise.all(named.map((name) => host.read(`${UNIT_FOLDER}/${name}`)));
  return named.filter((name, index) => {
    const text = texts[index];
    return Object.hasOwn(ledger.units, name) || (text?.kind === 'content' && text.value.startsWith(OWN_HEADER));
  });
}
