// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Browser } from 'playwright-core';
import type { PersonaName } from '../../../src/service/demo/personas.ts';
import { listDirectory } from '../../../src/simulator/host/tree-reader.ts';
import { runningPid } from '../../../src/simulator/pve/guest-state.ts';
import { openTab, type Tab, type TabOptions } from '../chromium.ts';
import type { Served } from '../server.ts';
import type { Shell, ShellGuest } from './page.ts';
import { SHELL_PATH, serveShell } from './serve-shell.ts';

/** GuiCap as PVE's login gives it: a union over all paths (pve-access-control, RPCEnvironment.pm, compute_api_permission). */
const CAPS: { readonly [P in PersonaName]: Shell['caps'] } = {
  administrator: {
    nodes: { 'Sys.Audit': 1, 'Sys.Modify': 1, 'Sys.Console': 1, 'Sys.PowerMgmt': 1 },
    vms: { 'VM.Audit': 1, 'VM.PowerMgmt': 1, 'VM.Console': 1, 'VM.Backup': 1, 'VM.Config.HWType': 1, 'VM.Config.Options': 1 },
    mapping: { 'Mapping.Use': 1, 'Mapping.Audit': 1 },
  },
  auditor: { nodes: { 'Sys.Audit': 1 }, vms: {}, mapping: {} },
  'vm-user': {
    nodes: { 'Sys.Audit': 1 },
    vms: { 'VM.Audit': 1, 'VM.PowerMgmt': 1, 'VM.Config.HWType': 1 },
    mapping: { 'Mapping.Use': 1 },
  },
  nobody: { nodes: {}, vms: {}, mapping: {} },
};

/** What a test wants of PVE's page. */
export interface ShellOptions extends TabOptions {
  readonly persona?: PersonaName;
  readonly theme?: Shell['theme'];
  readonly lang?: Shell['lang'];
  /** A node of the tree: `node/pve`, `qemu/101`. */
  readonly selected?: string;
  /** Capabilities that differ from the persona's, since GuiCap is no promise for one node. */
  readonly caps?: Shell['caps'];
  readonly plugin?: string;
  readonly before?: string;
}

/** PVE's page over a simulated node, in a tab of its own, as one of the personas. */
export async function openShell(browser: Browser, served: Served, options: ShellOptions = {}): Promise<Tab> {
  const {
    persona = 'administrator',
    theme = 'crisp',
    lang = 'en',
    selected = 'node/pve',
    caps = CAPS[persona],
    plugin,
    before,
  } = options;
  const tab = await openTab(browser, { width: 1280, height: 800, ...options });
  const context = tab.page.context();
  const url = served.address;
  await context.addCookies([
    { name: 'pveigpu-demo-persona', value: persona, url },
    { name: 'PVEThemeCookie', value: theme, url },
  ]);
  const session = (await (await context.request.get(`${url}/demo/session`)).json()) as {
    readonly user: string;
    readonly token: string;
  };
  const { user, token } = session;
  await serveShell(context, {
    ...{ user, token, theme, lang, caps, selected, nodes: ['pve'], guests: guestsOf(served) },
    ...(plugin === undefined ? {} : { plugin }),
    ...(before === undefined ? {} : { before }),
  });
  await tab.page.goto(`${url}${SHELL_PATH}`);
  return tab;
}

/** The guests of the simulated node, with their names as they stand in the configuration. */
function guestsOf({ machine }: Served): readonly ShellGuest[] {
  const { tree } = machine.node.machine;
  const kinds = [
    ['qemu', 'qemu-server', 'name'],
    ['lxc', 'lxc', 'hostname'],
  ] as const;
  return kinds.flatMap(([type, folder, key]) => {
    const at = `/etc/pve/nodes/pve/${folder}`;
    const files = listDirectory(tree, at);
    return (files.kind === 'content' ? files.value : []).flatMap((file) => {
      const name = new RegExp(`^${key}: (.*)$`, 'm').exec(tree.text(`${at}/${file}`) ?? '')?.[1] ?? '';
      const vmid = Number.parseInt(file, 10);
      return file.endsWith('.conf')
        ? [{ node: 'pve', type, vmid, name, running: runningPid(machine.node.machine, vmid) !== undefined }]
        : [];
    });
  });
}
