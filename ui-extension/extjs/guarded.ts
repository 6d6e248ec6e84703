// SPDX-License-Identifier: AGPL-3.0-or-later

/** Runs code of ours where PVE called it: what it throws goes to the console and stops here, so that PVE's interface goes on. */
export function guarded<T>(what: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    tell(what, error);
    return undefined;
  }
}

/** The same for work that goes on after the call. */
export function guardedWork(what: string, run: () => Promise<unknown>): void {
  guarded(what, () => {
    run().catch((error: unknown) => tell(what, error));
  });
}

function tell(what: string, error: unknown): void {
  console.warn(`pveigpu: ${what}:`, error);
}
