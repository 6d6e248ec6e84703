// SPDX-License-Identifier: AGPL-3.0-or-later

/** Root-only state that survives reboots. */
export const STATE_DIR = '/var/lib/pveigpu';
/** Root-only state of this boot: the two locks. */
export const RUN_DIR = '/run/pveigpu';
/** Held for as long as an apply runs. */
export const APPLY_LOCK = `${RUN_DIR}/apply.lock`;
/** Held for seconds, while sysfs is changed; the only lock that hooks take. */
export const DEVICE_LOCK = `${RUN_DIR}/device.lock`;
/** What the user asked of this node. */
export const DESIRED_FILE = `${STATE_DIR}/desired.json`;
/** What is ours on this node. */
export const LEDGER_FILE = `${STATE_DIR}/ledger.json`;
/** What is awaited of the next boot. */
export const PENDING_FILE = `${STATE_DIR}/pending.json`;
/** What detached commands print. */
export const LOG_DIR = '/var/log/pveigpu';
