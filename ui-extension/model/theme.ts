// SPDX-License-Identifier: AGPL-3.0-or-later

/** Bright or dark, whichever of PVE's themes it is. */
export type Theme = 'light' | 'dark';

/**
 * The theme that PVE shows: its cookie names one, and without it, or with `__default__`, the wish of the system counts
 * (proxmox-widget-toolkit, Utils.js and window/ThemeEdit.js).
 */
export function themeOf(cookies: string, prefersDark: boolean): Theme {
  const named = /(?:^|;\s*)PVEThemeCookie=([^;]*)/.exec(cookies)?.[1];
  if (named === 'crisp') return 'light';
  if (named === 'proxmox-dark') return 'dark';
  return prefersDark ? 'dark' : 'light';
}
