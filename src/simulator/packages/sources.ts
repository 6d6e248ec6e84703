// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Package } from './package.ts';

/** One repository of `/etc/apt/sources.list.d`, as apt prints it. */
export interface Repository {
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
}

const FOLDER = '/etc/apt/sources.list.d';

const DEBIAN = `Types: deb
URIs: http://debian.org/debian/
Suites: trixie trixie-updates
Components: main contrib non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

/** What the wiki of Proxmox VE says for a node without subscription (https://pve.proxmox.com/wiki/Package_Repositories). */
const NO_SUBSCRIPTION = `Types: deb
URIs: http://download.proxmox.com/debian/pve
Suites: trixie
Components: pve-no-subscription
Signed-By: /usr/share/keyrings/proxmox-archive-keyring.gpg
`;

const ENTERPRISE = `Types: deb
URIs: https://enterprise.proxmox.com/debian/pve
Suites: trixie
Components: pve-enterprise
Signed-By: /usr/share/keyrings/proxmox-archive-keyring.gpg
`;

/** Puts the sources of a node on the disk: Debian's, and the one of Proxmox that a node without or with (`enterprise`) a subscription uses. */
export function placeSources(tree: FileTree, proxmox: 'no-subscription' | 'enterprise'): void {
  tree.setFile(`${FOLDER}/debian.sources`, DEBIAN);
  tree.remove(`${FOLDER}/proxmox.sources`);
  tree.remove(`${FOLDER}/pve-enterprise.sources`);
  if (proxmox === 'enterprise') tree.setFile(`${FOLDER}/pve-enterprise.sources`, ENTERPRISE);
  else tree.setFile(`${FOLDER}/proxmox.sources`, NO_SUBSCRIPTION);
}

/** The enabled repositories, in the order of the files. */
export function repositories(tree: FileTree): readonly Repository[] {
  return (tree.names(FOLDER) ?? [])
    .filter((name) => name.endsWith('.sources'))
    .flatMap((name) => (tree.text(`${FOLDER}/${name}`) ?? '').split(/\n\n+/))
    .filter((stanza) => !/^Enabled:\s*(no|false|0)\s*$/im.test(stanza))
    .flatMap((stanza) => {
      const words = (key: string) => new RegExp(`^${key}:\\s*(.*)$`, 'im').exec(stanza)?.[1]?.split(/\s+/) ?? [];
      return words('URIs').flatMap((uri) =>
        words('Suites').flatMap((suite) =>
          words('Components').map((component) => ({ uri: uri.replace(/\/$/, ''), suite, component })),
        ),
      );
    });
}

/** The repository from which a package comes, or undefined when none of the enabled ones can be read. Nobody here has a subscription. */
export function repositoryOf(tree: FileTree, wanted: Package): Repository | undefined {
  return repositories(tree).find(({ uri, suite, component }) =>
    wanted.origin === 'debian'
      ? uri.includes('debian.org') && suite === 'trixie' && component === 'main'
      : wanted.origin === 'proxmox' && component === 'pve-no-subscription',
  );
}
