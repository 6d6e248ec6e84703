// SPDX-License-Identifier: AGPL-3.0-or-later

/** A distribution's `/etc/group`, as far as it matters here, with PVE's type for it and the id that its render nodes want. */
export interface Distribution {
  readonly name: string;
  readonly ostype: string;
  readonly groups: string;
  readonly gid: number;
}

/**
 * Five systems whose ids differ. Sources: community-scripts/ProxmoxVE issues 7886 and 6523 (Debian 12 and 13), Hal0ai/hal0 pull 2213
 * (Ubuntu), a Fedora installation's /etc/group, alpine-baselayout's group file.
 */
export const DISTRIBUTIONS: readonly Distribution[] = [
  {
    name: 'Debian 12',
    ostype: 'debian',
    groups: 'root:x:0:\nvideo:x:44:\nnogroup:x:65534:\nsgx:x:103:\nrender:x:104:\nssl-cert:x:105:\n',
    gid: 104,
  },
  {
    name: 'Debian 13',
    ostype: 'debian',
    groups: 'root:x:0:\nvideo:x:44:\nssl-cert:x:104:\nsgx:x:994:\nkvm:x:993:\nrender:x:992:plex,jellyfin\n',
    gid: 992,
  },
  {
    name: 'Ubuntu 24.04',
    ostype: 'ubuntu',
    groups: 'root:x:0:\nvideo:x:44:ubuntu\nsgx:x:995:\nkvm:x:994:\nrender:x:993:\n',
    gid: 993,
  },
  {
    name: 'Fedora',
    ostype: 'fedora',
    groups: 'root:x:0:\nwheel:x:10:\nvideo:x:39:\ninput:x:104:\nrender:x:105:\nsgx:x:106:\nunbound:x:992:\n',
    gid: 105,
  },
  { name: 'Alpine', ostype: 'alpine', groups: 'root:x:0:root\naudio:x:18:\nvideo:x:27:root\nusers:x:100:games\n', gid: 27 },
];
