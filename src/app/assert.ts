// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mode } from '../core/gpu/verdict.ts';
import type { Bdf } from '../core/pci/address.ts';
import { ok, type Result } from '../core/problem.ts';
import { type AssertionView, assertSetup } from '../core/setup/assertion.ts';
import type { Context } from './context.ts';
import { setupWorld } from './setup-world.ts';

/** Compares the machine with what was asked of it; nothing is written. `auto` is the mode that is recommended. */
export async function assertHostSetup(
  context: Context,
  asked: { readonly mode?: Mode | 'auto'; readonly gpu?: Bdf } = {},
): Promise<Result<AssertionView>> {
  const world = await setupWorld(context);
  if (!world.ok) return world;
  const { mode, gpu } = asked;
  const first = world.value.verdict.gpus.find(({ bdf, vendor }) => (gpu === undefined ? vendor === '8086' : bdf === gpu));
  const named = mode === 'auto' ? first?.recommended : mode;
  return ok(assertSetup(world.value, { ...(named === undefined ? {} : { mode: named }), ...(gpu === undefined ? {} : { gpu }) }));
}
