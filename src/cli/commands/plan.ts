// SPDX-License-Identifier: AGPL-3.0-or-later
import { planHostSetup } from '../../app/plan-setup.ts';
import type { Call } from '../command.ts';
import { setupRequest } from '../setup-request.ts';
import { showPlan } from '../show-plan.ts';

export async function run(call: Call): Promise<number> {
  const request = setupRequest(call);
  return await showPlan(call, (context) => planHostSetup(context, request));
}
