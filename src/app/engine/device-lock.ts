// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, type Result } from '../../core/problem.ts';
import type { HeldLock, Host } from '../../ports/host.ts';
import { DEVICE_LOCK, RUN_DIR } from './state-paths.ts';

/** Hooks hold the lock for seconds; one that hangs is bounded by its own deadline of 30 s. */
const DEVICE_LOCK_TIMEOUT_MS = 40_000;

/** `device.lock` over a sequence of steps: taken when the next step needs it, let go before one that must not have it. */
export class DeviceLock {
  readonly #host: Host;
  #held: HeldLock | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Takes the lock or lets it go; `host.locked` when somebody holds it for too long. */
  async set(wanted: boolean): Promise<Result<void>> {
    if (!wanted) {
      await this.drop();
      return ok(undefined);
    }
    if (this.#held !== null) return ok(undefined);
    const folder = await this.#host.mkdir(RUN_DIR, { mode: 0o700 });
    if (!folder.ok) return folder;
    const lock = await this.#host.lock(DEVICE_LOCK, { timeoutMs: DEVICE_LOCK_TIMEOUT_MS });
    if (!lock.ok) return lock;
    this.#held = lock.value;
    return ok(undefined);
  }

  /** Lets the lock go, held or not. */
  async drop(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.release();
  }
}
