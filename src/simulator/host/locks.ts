// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../../core/problem.ts';
import type { HeldLock } from '../../ports/host.ts';

interface Waiter {
  readonly grant: () => void;
}

/** Exclusive locks of one node by path, first come first served, as `flock` gives them within one machine. */
export class Locks {
  readonly #held = new Map<string, Waiter[]>();

  /** Takes a lock, or fails with `host.locked` when nobody lets go within `timeoutMs`. */
  async take(path: string, timeoutMs: number): Promise<Result<HeldLock>> {
    const waiting = this.#held.get(path);
    if (waiting === undefined) {
      this.#held.set(path, []);
      return { ok: true, value: this.#lock(path) };
    }
    return await new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(waiter), 1);
        resolve(
          problem('host.locked', `${path} is held by another run.`, {
            where: path,
            hint: 'Wait until it has finished, then try again.',
          }),
        );
      }, timeoutMs);
      const waiter: Waiter = {
        grant: () => {
          clearTimeout(timer);
          resolve({ ok: true, value: this.#lock(path) });
        },
      };
      waiting.push(waiter);
    });
  }

  /** Forgets every lock, as a reboot does. */
  clear(): void {
    this.#held.clear();
  }

  #lock(path: string): HeldLock {
    let held = true;
    const queue = this.#held.get(path);
    return {
      release: async () => {
        if (!held) return;
        held = false;
        const next = queue?.shift();
        if (next !== undefined) next.grant();
        else if (this.#held.get(path) === queue) this.#held.delete(path);
      },
    };
  }
}
