// SPDX-License-Identifier: AGPL-3.0-or-later

/** A group that may own render nodes in a distribution, and where it has this id. */
export interface UsualGroup {
  readonly group: 'render' | 'video';
  readonly gid: number;
  readonly where: string;
}

const render = (gid: number, where: string): UsualGroup => ({ group: 'render', gid, where });
const video = (gid: number, where: string): UsualGroup => ({ group: 'video', gid, where });

/**
 * The ids that the two groups usually have, by PVE's `ostype`, the newest release first. That of `render` is given out when a package is
 * installed, so every one is a guess. Sources: community-scripts/ProxmoxVE issue 7886 (Debian 12 104, Debian 13 992), Hal0ai/hal0 pull
 * 2213 (Ubuntu 26.04 991, 24.04 993), Debian's base-passwd group.master (video 44), /etc/group of Fedora's images (video 39, render
 * 105), alpine-baselayout's group file (video 27, no render).
 */
const USUAL: { readonly [ostype: string]: readonly UsualGroup[] } = {
  debian: [render(992, 'Debian 13'), render(104, 'Debian 12'), render(109, 'some images'), video(44, 'Debian')],
  devuan: [render(104, 'Devuan 5'), video(44, 'Devuan')],
  ubuntu: [
    render(993, 'Ubuntu 24.04'),
    render(992, 'its server images'),
    render(991, 'Ubuntu 26.04'),
    render(109, 'Ubuntu 22.04'),
    video(44, 'Ubuntu'),
  ],
  fedora: [render(105, 'Fedora'), video(39, 'Fedora')],
  centos: [render(105, 'CentOS Stream and its kin'), video(39, 'CentOS Stream and its kin')],
  alpine: [video(27, 'Alpine Linux, which has no group render')],
};

/** What a container of this system usually has, most likely first; empty where nothing is known. */
export function usualGroups(ostype: string | undefined): readonly UsualGroup[] {
  return ostype !== undefined && Object.hasOwn(USUAL, ostype) ? (USUAL[ostype] ?? []) : [];
}
