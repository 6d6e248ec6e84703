// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ExportFormat, line } from '../exported.ts';
import { CONTAINERS_SHARE, fromRender } from './docker.ts';

/** A CDI specification (github.com/cncf-tags/container-device-interface SPEC.md) for Docker, Podman, containerd and CRI-O. */
export const CDI: ExportFormat = {
  name: 'cdi',
  summary: 'a CDI specification with the render node',
  slices: ['render'],
  whyNotOthers: CONTAINERS_SHARE,
  comment: 'hash',
  write: (one) => {
    const { lines, notes } = fromRender(one, ({ path, major, minor, gid }) => [
      line('cdiVersion: "0.6.0"', 'the first version in which a node can have a host path and ids'),
      line('kind: "intel.com/gpu"', 'vendor and class of the device'),
      line('devices:'),
      line(`  - name: "${one.guest ?? 'igpu'}"`, `asked for as --device intel.com/gpu=${one.guest ?? 'igpu'}`),
      line('    containerEdits:'),
      line('      deviceNodes:'),
      line(`        - path: "${path}"`, 'the render node inside the container'),
      line('          type: "c"'),
      line(`          major: ${major}`, 'DRM'),
      line(`          minor: ${minor}`, 'this node'),
      line('          permissions: "rw"', 'no mknod'),
      ...(gid === null ? [] : [line(`          gid: ${gid}`, 'the group of the node on the host')]),
    ]);
    return { lines, notes: [...notes, 'Put it into /etc/cdi/intel-gpu.yaml.'] };
  },
};
