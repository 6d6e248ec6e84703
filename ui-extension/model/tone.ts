// SPDX-License-Identifier: AGPL-3.0-or-later

/** How something is coloured, in PVE's own meaning of the colours. */
export type Tone = 'good' | 'warning' | 'critical' | 'info' | 'none';

/** The Font Awesome 4 icons that PVE uses for these (proxmox-widget-toolkit, Utils.get_health_icon). */
export const TONE_ICONS: { readonly [T in Tone]: string } = {
  good: 'fa-check',
  warning: 'fa-exclamation',
  critical: 'fa-times',
  info: 'fa-info-circle',
  none: 'fa-minus',
};
