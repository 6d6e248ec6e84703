// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec, OptionSpec } from './command.ts';

const QUIET: OptionSpec = { flags: '--quiet', description: 'ask nothing and print failures alone, for scripts' };

/** `pveigpu ui`. */
export const UI_COMMANDS: CommandSpec = {
  name: 'ui',
  summary: 'the panel in the web interface of Proxmox VE',
  examples: [{ line: 'pveigpu ui install', does: 'a tab iGPU on the node and on each guest' }],
  sub: [
    {
      name: 'install',
      summary: "show the panel: one marked line in Proxmox's page",
      details:
        'Adds one line after that of pvemanagerlib.js in /usr/share/pve-manager/index.html.tpl, and writes the script that it loads where no package brought it. A page that is not as pveigpu knows it is left alone. Reload the browser to see it. After an upgrade of pve-manager the line is gone; our package sets it again.',
      options: [QUIET, { flags: '--force', description: "replace somebody else's script of our name" }],
      writes: true,
      prints: true,
      examples: [
        { line: 'pveigpu ui install', does: 'shows the change, asks, and makes it' },
        { line: 'pveigpu ui install --quiet', does: 'what the package does' },
      ],
      load: async () => (await import('./commands/ui-change.ts')).uiCommand('install'),
    },
    {
      name: 'remove',
      summary: 'take the panel out again',
      options: [QUIET],
      writes: true,
      prints: true,
      examples: [{ line: 'pveigpu ui remove', does: "Proxmox's page is as it was" }],
      load: async () => (await import('./commands/ui-change.ts')).uiCommand('remove'),
    },
    {
      name: 'status',
      summary: 'whether the web interface shows the panel',
      prints: true,
      examples: [{ line: 'pveigpu ui status', does: "Proxmox's page, our script, and their versions" }],
      load: () => import('./commands/ui-status.ts'),
    },
  ],
};
