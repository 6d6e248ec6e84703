// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ExportFormat, line } from '../exported.ts';
import { CONTAINERS_SHARE, fromRender, IMAGE } from './docker.ts';

/** A unit for Podman's generator (podman-systemd.unit(5)); `GroupAdd` came with Podman 5.1. */
export const QUADLET: ExportFormat = {
  name: 'quadlet',
  summary: 'a .container unit of Podman with the render node',
  slices: ['render'],
  whyNotOthers: CONTAINERS_SHARE,
  comment: 'hash',
  write: (one) =>
    fromRender(one, ({ path }) => [
      line('[Unit]'),
      line(`Description=${one.guest ?? 'Container'} with the GPU`),
      line(''),
      line('[Container]'),
      ...(one.guest === null ? [] : [line(`ContainerName=${one.guest}`)]),
      line(`Image=${IMAGE}`, 'the image to run'),
      line(`AddDevice=${path}`, 'the render node: compute and video, no display modes'),
      line('GroupAdd=keep-groups', 'from Podman 5.1 on: the groups of the user who starts it, with crun; he must be in render'),
      line(''),
      line('[Install]'),
      line('WantedBy=default.target', 'started with the system or the session'),
    ]),
};
