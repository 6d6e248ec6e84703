// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import type { Result } from '../core/problem.ts';
import { atMost } from './at-most.ts';
import type { AnyRoute, Asked } from './route.ts';

/** Looks at a time: each holds what it reads of the node in memory. */
const MOST_LOOKS = 3;

type Look = Promise<Result<object>>;

/** The looks at one node that are being taken. */
class Looks {
  readonly inTurn = atMost(MOST_LOOKS);
  readonly #running = new Map<string, Look>();
  readonly #next = new Map<string, Look>();

  /** Whoever asks while the same look is being taken gets the next one, with all others who wait: it begins after each of them has asked, so it is never stale. */
  shared(key: string, take: () => Look): Look {
    const running = this.#running.get(key);
    if (running === undefined) return this.#start(key, take);
    const next =
      this.#next.get(key) ??
      running.then(
        () => this.#begin(key, take),
        () => this.#begin(key, take),
      );
    this.#next.set(key, next);
    return next;
  }

  #begin(key: string, take: () => Look): Look {
    this.#next.delete(key);
    return this.#start(key, take);
  }

  #start(key: string, take: () => Look): Look {
    const look = this.inTurn(take).finally(() => {
      if (this.#running.get(key) === look) this.#running.delete(key);
    });
    this.#running.set(key, look);
    return look;
  }
}

const OF_NODE = new WeakMap<Context, Looks>();

function looksAt({ context }: Asked): Looks {
  const looks = OF_NODE.get(context) ?? new Looks();
  OF_NODE.set(context, looks);
  return looks;
}

/** A route whose answer is the same for everybody who may ask: one look answers all who wait for it. */
export function sharedLook(one: AnyRoute): AnyRoute {
  return {
    ...one,
    answer: (asked, input) =>
      looksAt(asked).shared(`${one.path} ${JSON.stringify(input ?? null)}`, async () => await one.answer(asked, input)),
  };
}

/** A route that looks for one user: few at a time. */
export function ownLook(one: AnyRoute): AnyRoute {
  if (one.method !== 'get') return one;
  return { ...one, answer: (asked, input) => looksAt(asked).inTurn(async () => await one.answer(asked, input)) };
}
