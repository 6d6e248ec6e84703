// SPDX-License-Identifier: AGPL-3.0-or-later

/** Keys that the firmware's owner has enrolled with shim, and requests that wait for the next boot. They live in the firmware, not on a disk. */
export class MokList {
  readonly enrolled = new Set<string>();
  /** Certificates to be enrolled, with the hash of the password that the console will ask for. */
  readonly requested = new Map<string, string>();
  /** Somebody sits at the console of the next boot and answers MokManager; a test sets it. */
  someoneAtConsole = false;

  /** What MokManager does at boot: enrols when somebody is there. The request is gone in either case (shim, MokManager.c). */
  boot(): void {
    if (this.someoneAtConsole) for (const certificate of this.requested.keys()) this.enrolled.add(certificate);
    this.requested.clear();
    this.someoneAtConsole = false;
  }
}
