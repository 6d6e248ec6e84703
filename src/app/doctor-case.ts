// SPDX-License-Identifier: AGPL-3.0-or-later
import { NOT_DEEP } from '../core/doctor/deep-facts.ts';
import type { DoctorCase } from '../core/doctor/doctor-case.ts';
import { known, unknown } from '../core/facts/section.ts';
import { judge } from '../core/gpu/judge.ts';
import type { Context } from './context.ts';
import { readDeepFacts } from './deep-facts.ts';
import { failedBuilds } from './driver-check.ts';
import { readBootId } from './engine/boot-id.ts';
import { readPending } from './engine/pending-file.ts';
import { readDesired } from './engine/state-files.ts';
import { sense } from './sense/sense.ts';

/** Reads all that doctor rests on: files only, and with `deep` what programs say. Never writes. */
export async function readDoctorCase({ host, clock }: Context, { deep }: { readonly deep: boolean }): Promise<DoctorCase> {
  const [facts, desired, pending, bootId] = await Promise.all([
    sense(host),
    readDesired(host),
    readPending(host),
    readBootId(host),
  ]);
  return {
    facts,
    verdict: judge(facts),
    desired: desired.ok ? known(desired.value) : unknown(desired.problem.message),
    pending: pending.ok ? pending.value : null,
    bootId: bootId ?? null,
    today: new Date(clock.nowMs()).toISOString().slice(0, 10),
    builds: await failedBuilds(host, facts),
    deep: deep ? await readDeepFacts(host, facts) : NOT_DEEP,
  };
}
