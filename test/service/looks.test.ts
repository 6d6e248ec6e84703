// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { ok } from '../../src/core/problem.ts';
import { sharedLook } from '../../src/service/looks.ts';
import type { AnyRoute, Asked } from '../../src/service/route.ts';
import { simulated } from '../app/simulated.ts';

/** A look that ends when it is told to, and answers the number of changes that there were when it began. */
function slowLook() {
  const ends: (() => void)[] = [];
  const node = { changes: 0, looks: 0 };
  const route: AnyRoute = {
    ...{ method: 'get', path: '/x', summary: '', access: 'view', kind: 'x' },
    answer: async () => {
      node.looks += 1;
      const { changes } = node;
      await new Promise<void>((resolve) => ends.push(resolve));
      return ok({ changes });
    },
  };
  const asked = { context: simulated('no-igpu').context } as Asked;
  const shared = sharedLook(route);
  const ask = async () => {
    const answered = await shared.answer(asked, undefined as never);
    return answered.ok ? (answered.value as { changes: number }).changes : undefined;
  };
  const end = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { node, ask, end };
}

test('a hundred who ask at once cost two looks, and nobody gets one that began before he asked', async () => {
  const { node, ask, end } = slowLook();
  const first = ask();
  node.changes = 1;
  const others = Array.from({ length: 99 }, async () => await ask());
  await end();
  await end();
  expect(await first).toBe(0);
  expect(new Set(await Promise.all(others))).toEqual(new Set([1]));
  expect(node.looks).toBe(2);
  node.changes = 2;
  const later = ask();
  await end();
  expect(await later).toBe(2);
});
