// SPDX-License-Identifier: AGPL-3.0-or-later
import { NOT_DEEP } from '../core/doctor/deep-facts.ts';
import type { DoctorCase } from '../core/doctor/doctor-case.ts';
import { known, unknown } from '../core/facts/section.ts';
import { judge } from '../core/gpu/judge.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { readDeepFacts } from './deep-facts.ts';
import { failedBuilds } from './driver-check.ts';
import { readBootId } from './engine/boot-id.ts';
import { readPending } from './engine/pending-file.ts';
import { readDesired, readLedger } from './engine/state-files.ts';
import { sense } from './sense/sense.ts';

/** Reads all that doctor rests on: files and the kernel log, and with `deep` what programs say. Never writes. */
export async function readDoctorCase({ host, clock }: Context, options: { readonly deep: boolean }): Promise<DoctorCase> {
  const readings = await readDoctorReadings(host, options);
  return { ...readings, verdict: judge(readings.facts), today: new Date(clock.nowMs()).toISOString().slice(0, 10) };
}

/** The part that comes from the machine alone: what a capture holds. */
export async function readDoctorReadings(
  host: Host,
  { deep }: { readonly deep: boolean },
): Promise<Omit<DoctorCase, 'verdict' | 'today'>> {
  const [facts, desired, ledger, pending, bootId] = await Promise.all([
    sense(host),
    readDesired(host),
    readLedger(host),
    readPending(host),
    readBootId(host),
  ]);
  return {
    facts,
    desired: desired.ok ? known(desired.value) : unknown(desired.problem.message),
    ledger: ledger.ok ? known(ledger.value) : unknown(ledger.problem.message),
    pending: pending.ok ? pending.value : null,
    bootId: bootId ?? null,
    builds: await failedBuilds(host, facts),
    deep: deep ? await readDeepFacts(host, facts) : NOT_DEEP,
  };
}
