// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Session } from '../model/values.ts';

/** The place at the right of a toolbar where it is said why something is not offered. */
export function whyNotItem(): ExtConfig {
  return { xtype: 'tbtext', itemId: 'why-not', html: '', hidden: true };
}

/**
 * Shows the buttons for changes of the host to those who may change it, each enabled when there is something for it to do. To all others the reason is
 * said in their place.
 */
export function offer(panel: ExtComponent, { may }: Session, enabled: { readonly [itemId: string]: boolean }): void {
  for (const [itemId, isEnabled] of Object.entries(enabled)) {
    const button = panel.down(`#${itemId}`);
    button?.setHidden(!may.host);
    button?.setDisabled(!isEnabled);
  }
  showWhyNot(panel, may.host ? null : may.whyNotHost);
}

/** Says why something is not offered; null when all is. */
export function showWhyNot(panel: ExtComponent, why: string | null): void {
  const item = panel.down('#why-not');
  item?.setHidden(why === null);
  item?.setHtml(`<i class="fa fa-lock" aria-hidden="true"></i> ${Ext.htmlEncode(why ?? '')}`);
}
