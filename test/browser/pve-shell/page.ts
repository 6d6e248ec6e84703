// SPDX-License-Identifier: AGPL-3.0-or-later

/** A node of the tree on the left, as PVE's /cluster/resources has it. */
export interface ShellGuest {
  readonly node: string;
  readonly type: 'qemu' | 'lxc';
  readonly vmid: number;
  readonly name: string;
  readonly running: boolean;
}

/** What PVE knows when it delivers its page. `caps` is a union over all paths, as PVE's GuiCap is: no promise for one node or guest. */
export interface Shell {
  readonly user: string;
  /** PVE's CSRFPreventionToken. */
  readonly token: string;
  readonly theme: 'crisp' | 'proxmox-dark';
  readonly lang: 'en' | 'de';
  readonly nodes: readonly string[];
  readonly guests: readonly ShellGuest[];
  readonly caps: { readonly nodes: object; readonly vms: object; readonly mapping: object };
  readonly selected: string;
  /** Another file than the one that ships: for what happens when it is broken. */
  readonly plugin?: string;
  /** A script between PVE's libraries and ours: a PVE that is not as we know it. */
  readonly before?: string;
}

const STYLES = [
  '/pve2/ext6/classic/theme-crisp/resources/theme-crisp-all.css',
  '/pve2/ext6/packages/font-awesome/resources/font-awesome-all.css',
  '/pve2/css/shell.css',
];
const OURS = ['proxmox-utils.js', 'proxmox-windows.js', 'pve-config-panel.js', 'pve-configs.js', 'pve-workspace.js'];

/** The page as PVE's index.html.tpl makes it: styles, gettext, ExtJS, the two libraries, our one line, then the start. */
export function shellPage(shell: Shell): string {
  const json = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
  const styles = [...STYLES, ...(shell.theme === 'proxmox-dark' ? ['/pve2/css/dark.css'] : [])];
  return `<!DOCTYPE html>
<html lang="${shell.lang}">
<head>
<meta charset="utf-8">
<title>pve - Proxmox Virtual Environment</title>
<link rel="icon" href="data:,">
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('\n')}
<script>
PVE_SHELL = ${json(shell)};
Proxmox = { Setup: { auth_cookie_name: 'PVEAuthCookie' }, defaultLang: ${json(shell.lang)}, NodeName: ${json(shell.nodes[0])}, UserName: ${json(shell.user)}, CSRFPreventionToken: ${json(shell.token)} };
function gettext(message) { return message; }
</script>
<script src="/pve2/ext6/ext-all.js"></script>
${OURS.map((name) => `<script src="/pve2/js/${name}"></script>`).join('\n')}
<script>${shell.before ?? ''}</script>
<script src="${shell.plugin ?? '/pve2/js/pveigpu.js'}"></script>
<script>Ext.onReady(() => { Ext.create('PVE.StdWorkspace'); });</script>
</head>
<body></body>
</html>`;
}
