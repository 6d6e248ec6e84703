// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownLook, sharedLook } from '../looks.ts';
import type { AnyRoute } from '../route.ts';
import { GUESTS } from './guests.ts';
import { PLANS } from './plans.ts';
import { RUNS } from './runs.ts';
import { sessionRoute } from './session.ts';
import { VIEWS } from './views.ts';

/** Everything that can be asked of the service. */
export function routeTable(version: string): readonly AnyRoute[] {
  return [sessionRoute(version), ...VIEWS.map(sharedLook), ...GUESTS.map(ownLook), ...PLANS, ...RUNS];
}
