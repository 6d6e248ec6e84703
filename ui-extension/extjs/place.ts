// SPDX-License-Identifier: AGPL-3.0-or-later
import { type PanelApi, panelApi } from '../model/api.ts';
import { languageOf, type Say, sayIn } from '../model/texts/say.ts';

/** Where a tab is: its node and guest, how they are asked, and the words. */
export interface Place {
  readonly api: PanelApi;
  readonly say: Say;
  readonly vmid: number | undefined;
}

/** The words in the language that PVE's page has. */
export function words(): Say {
  return sayIn(languageOf(Proxmox.defaultLang));
}

/** The place of a card, from the tree node that PVE gives it. */
export function placeOf(panel: ExtComponent): Place {
  const data = panel.pveSelNode?.data;
  if (data === undefined) throw new Error('The tab was given no node.');
  const api = panelApi({ node: data.node, fetch: (url, init) => fetch(url, init), csrf: () => Proxmox.CSRFPreventionToken });
  return { api, say: words(), vmid: data.vmid };
}
