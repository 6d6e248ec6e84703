// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase, ExportedRender } from '../export-case.ts';
import { type Exported, type ExportFormat, type ExportLine, line, placeholder } from '../exported.ts';
import { groundNotes } from '../notes.ts';

/** Said of every container format when something else than the render node is asked for. */
export const CONTAINERS_SHARE =
  'Containers run on the kernel of the host and share its render node; a PCI device or a mediated device is for VMs.';

/** A command of Docker. */
export const DOCKER: ExportFormat = {
  name: 'docker',
  summary: 'docker run with the render node',
  slices: ['render'],
  whyNotOthers: CONTAINERS_SHARE,
  comment: 'hash',
  write: (one) => fromRender(one, (node) => runLines('docker', one, groupLines(one, node), node)),
};

/** A command of Podman. */
export const PODMAN: ExportFormat = {
  name: 'podman',
  summary: 'podman run with the render node',
  slices: ['render'],
  whyNotOthers: CONTAINERS_SHARE,
  comment: 'hash',
  write: (one) =>
    fromRender(one, (node) =>
      runLines(
        'podman',
        one,
        [line('--group-add keep-groups', 'the groups of the user who starts it, with crun; he must be in render')],
        node,
      ),
    ),
};

/** The text of a container format; a slice that none of them carries was refused before. */
export function fromRender(one: ExportCase, write: (node: ExportedRender) => readonly ExportLine[]): Exported {
  return { lines: one.slice.kind === 'render' ? write(one.slice) : [], notes: groundNotes(one) };
}

/** The image has to be named by the reader. */
export const IMAGE = placeholder('image');

function groupLines({ asGuide }: ExportCase, { gid }: ExportedRender): readonly ExportLine[] {
  if (asGuide)
    return [
      line('--group-add video', 'by name: as the image numbers it, which may differ from the host'),
      line('--group-add render', 'by name: as the image numbers it, which may differ from the host'),
    ];
  return [
    line(
      `--group-add ${gid ?? placeholder('number of the group render of the host')}`,
      'the group of the node, by the number that it has on the host: names are looked up in the image',
    ),
  ];
}

function runLines(
  program: string,
  { guest }: ExportCase,
  groups: readonly ExportLine[],
  { path }: ExportedRender,
): readonly ExportLine[] {
  const words = [
    line(`${program} run --rm -it`, 'runs at the terminal and leaves nothing behind'),
    ...(guest === null ? [] : [line(`--name ${guest}`)]),
    line(`--device ${path}`, 'the render node: compute and video, no display modes'),
    ...groups,
    line(IMAGE, 'the image to run'),
  ];
  return words.map(({ text, ...rest }, at) => ({
    text: `${at === 0 ? '' : '  '}${text}${at === words.length - 1 ? '' : ' \\'}`,
    ...rest,
  }));
}
