// SPDX-License-Identifier: AGPL-3.0-or-later
// The file that PVE's page loads after its own libraries and before it starts. Nothing here may stop that start: every fault ends in the console.
import { themeOf } from '../model/theme.ts';
import { applyTheme } from '../parts/theme.ts';
import { guarded } from './guarded.ts';
import { guestTab } from './guest-tab.ts';
import { insertTabs } from './insert-tabs.ts';
import { nodeFindings } from './node-findings.ts';
import { nodeHistory } from './node-history.ts';
import { nodeOverview } from './node-overview.ts';
import { nodeRoms } from './node-roms.ts';
import { nodeUsage } from './node-usage.ts';
import { definePanel } from './panel-class.ts';
import { words } from './place.ts';
import { addStyle } from './style.ts';

guarded('start', () => {
  const say = words();
  definePanel('pveigpuNode', nodeOverview);
  definePanel('pveigpuNode-findings', nodeFindings);
  definePanel('pveigpuNode-history', nodeHistory);
  definePanel('pveigpuNode-roms', nodeRoms);
  definePanel('pveigpuNode-usage', nodeUsage);
  definePanel('pveigpuGuest', guestTab);
  if (!insertTabs(say)) throw new Error('PVE.panel.Config is not as it was; no tab is shown.');
  Proxmox.Utils.override_task_descriptions?.({ pveigpu: ['iGPU', say('task.description')] });
  addStyle(document);
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const dress = () => applyTheme(document, themeOf(document.cookie, prefersDark.matches));
  dress();
  prefersDark.addEventListener('change', dress);
});
