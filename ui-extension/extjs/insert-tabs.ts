// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Say } from '../model/texts/say.ts';
import { guarded } from './guarded.ts';

const ICON = 'fa fa-television';
const NODE_VIEWS = [
  ['findings', 'fa fa-stethoscope'],
  ['history', 'fa fa-history'],
  ['roms', 'fa fa-file-o'],
  ['usage', 'fa fa-area-chart'],
] as const;

/** Which of PVE's tabs ours stand behind; at the end where there is no such tab. */
const NODE_PLACES = ['zfs', 'storage'];
const GUEST_PLACES = ['hardware', 'resources'];

/**
 * Puts our tabs among those of nodes and guests. `insertNodes` of PVE.panel.Config (pve-manager, www/manager6/panel/ConfigPanel.js) is called once by its
 * own initComponent, before the tab that was open last is chosen again; so tabs that are added there are found after a reload of the page.
 */
export function insertTabs(say: Say): boolean {
  const config = typeof PVE === 'undefined' ? undefined : PVE.panel?.Config?.prototype;
  if (typeof config?.insertNodes !== 'function') return false;
  const original = config.insertNodes;
  config.insertNodes = function insertNodesWithOurs(items) {
    return original.call(this, guarded('tabs', () => withOurs(this, items, say)) ?? items);
  };
  return true;
}

function withOurs(panel: PveConfigPanel, items: readonly PveItem[], say: Say): readonly PveItem[] | undefined {
  if (Object.hasOwn(panel.savedItems, 'pveigpu') || !maySee()) return items;
  if (panel.$className === 'PVE.node.Config') return placed(items, nodeTabs(say), NODE_PLACES);
  const isGuest = panel.$className === 'PVE.qemu.Config' || panel.$className === 'PVE.lxc.Config';
  if (!isGuest || panel.pveSelNode.data.template) return items;
  return placed(items, [tab('pveigpu', 'pveigpuGuest', say('app.title'), ICON)], GUEST_PLACES);
}

/** Without Sys.Audit on any node there is nothing that we could show. */
function maySee(): boolean {
  const caps = Ext.state.Manager.get('GuiCap') as PveCaps | undefined;
  return caps?.nodes?.['Sys.Audit'] !== undefined;
}

function nodeTabs(say: Say): readonly PveItem[] {
  const children = NODE_VIEWS.map(([view, icon]) => ({
    ...tab(`pveigpu-${view}`, `pveigpuNode-${view}`, say(`view.${view}`), icon),
    groups: ['pveigpu'],
  }));
  return [{ ...tab('pveigpu', 'pveigpuNode', say('app.title'), ICON), expandedOnInit: true }, ...children];
}

/** Plain configuration: PVE makes the card anew each time it is chosen. */
function tab(itemId: string, xtype: string, title: string, iconCls: string): PveItem {
  return { itemId, xtype, title, iconCls };
}

function placed(items: readonly PveItem[], ours: readonly PveItem[], places: readonly string[]): readonly PveItem[] {
  const place = places.map((id) => items.findIndex(({ itemId }) => itemId === id)).find((at) => at >= 0);
  return place === undefined ? [...items, ...ours] : [...items.slice(0, place + 1), ...ours, ...items.slice(place + 1)];
}
