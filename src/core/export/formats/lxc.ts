// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ExportFormat, line } from '../exported.ts';
import { CONTAINERS_SHARE, fromRender } from './docker.ts';

/** Raw configuration of LXC (lxc.container.conf(5)). On Proxmox VE use `pveigpu assign`, whose devN key works in unprivileged containers too. */
export const LXC: ExportFormat = {
  name: 'lxc',
  summary: 'lines for the configuration of an LXC container',
  slices: ['render'],
  whyNotOthers: CONTAINERS_SHARE,
  comment: 'hash',
  write: (one) => {
    const { lines, notes } = fromRender(one, ({ path, major, minor }) => [
      line(`lxc.cgroup2.devices.allow = c ${major}:${minor} rwm`, 'the container may open the node'),
      line(`lxc.mount.entry = ${path} ${path.slice(1)} none bind,optional,create=file`, 'the node appears inside'),
    ]);
    const gid = one.slice.kind === 'render' ? one.slice.gid : null;
    return {
      lines,
      notes: [
        ...notes,
        `An unprivileged container sees the node as nobody's: map the host's group render${gid === null ? '' : ` (${gid})`} with lxc.idmap and /etc/subgid, or give the node to a group that is mapped.`,
      ],
    };
  },
};
