// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * The management engine's version from `fw_ver`, whose first line is `<platform>:<major>.<minor>.<hotfix>.<build>` (kernel
 * drivers/misc/mei/main.c). Undefined for an empty file and for zeros, which the driver shows when it could not ask.
 */
export function parseMeVersion(text: string): string | undefined {
  const version = /^\s*[0-9]{1,10}:([0-9]{1,10}(?:\.[0-9]{1,10}){3})\s*$/.exec(text.split('\n')[0] ?? '')?.[1];
  return version === undefined || /^[0.]+$/.test(version) ? undefined : version;
}
