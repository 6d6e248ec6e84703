// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase } from '../export-case.ts';
import { type ExportFormat, type ExportLine, line, placeholder } from '../exported.ts';
import { groundNotes } from '../notes.ts';

/** Commands of Incus (linuxcontainers.org/incus/docs: devices gpu and pci). */
export const INCUS: ExportFormat = {
  name: 'incus',
  summary: 'commands of Incus: a VM gets a PCI or mediated device, a container the GPU',
  slices: ['vf', 'mdev', 'pf', 'render'],
  whyNotOthers: '',
  comment: 'hash',
  write: (one) => ({ lines: [commandOf(one)], notes: one.slice.kind === 'mdev' ? [] : groundNotes(one) }),
};

function commandOf({ slice, guest, gpu, asGuide }: ExportCase): ExportLine {
  const add = (name: string, device: string, why: string) =>
    line(`incus config device add ${guest ?? placeholder(slice.kind === 'render' ? 'container' : 'VM')} ${name} ${device}`, why);
  switch (slice.kind) {
    case 'vf':
      return add('igpu-vf', `pci address=${slice.bdf}`, 'a VM gets this VF; Incus binds and gives back its driver');
    case 'pf':
      return asGuide
        ? add('igpu', `pci address=${slice.bdf}`, 'a VM gets the whole GPU')
        : add('igpu', `gpu gputype=physical pci=${slice.bdf}`, 'a VM gets the whole GPU');
    case 'mdev':
      return add(
        'igpu',
        `gpu gputype=mdev mdev=${slice.type} pci=${gpu.bdf}`,
        'a VM gets a mediated device of this type; Incus makes it and chooses the UUID',
      );
    case 'render':
      return add(
        'igpu',
        `gpu gputype=physical pci=${slice.bdf} gid=${placeholder('number of the group render in the container')}`,
        'a container gets the nodes of the GPU, for that group inside',
      );
  }
}
