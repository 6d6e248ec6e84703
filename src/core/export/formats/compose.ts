// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ExportFormat, line, placeholder } from '../exported.ts';
import { CONTAINERS_SHARE, fromRender, IMAGE } from './docker.ts';

/** A compose file (compose-spec.io), for Docker and Podman. */
export const COMPOSE: ExportFormat = {
  name: 'compose',
  summary: 'a compose file with the render node',
  slices: ['render'],
  whyNotOthers: CONTAINERS_SHARE,
  comment: 'hash',
  write: (one) =>
    fromRender(one, ({ path, gid }) => [
      line('services:'),
      line(`  ${keyOf(one.guest ?? 'app')}:`, 'the service'),
      line(`    image: ${IMAGE}`, 'the image to run'),
      line('    devices:'),
      line(`      - "${path}:${path}"`, 'the render node: compute and video, no display modes'),
      line('    group_add:'),
      line(
        `      - "${gid ?? placeholder('number of the group render of the host')}"`,
        'the group of the node, by the number that it has on the host: names are looked up in the image',
      ),
    ]),
};

/** In quotes where YAML would read a number or a truth value, which compose takes for no name. */
function keyOf(name: string): string {
  const isWord = /^[A-Za-z]/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name);
  return isWord ? name : `"${name}"`;
}
