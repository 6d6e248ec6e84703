// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase } from '../export-case.ts';
import { type ExportFormat, type ExportLine, line, placeholder } from '../exported.ts';
import { groundNotes } from '../notes.ts';
import { hostdevLines, qemuLines } from './libvirt.ts';

/** A whole example domain (libvirt.org/formatdomain.html). */
export const LIBVIRT_DOMAIN: ExportFormat = {
  name: 'libvirt-domain',
  summary: 'a whole libvirt domain with the slice in it',
  slices: ['vf', 'mdev', 'pf'],
  whyNotOthers: 'libvirt gives devices to VMs; a render node is for containers.',
  comment: 'xml',
  write: (one) => ({
    lines: domainLines(one),
    notes: [...groundNotes(one), 'Memory and processors are examples; the disk has to be filled in.'],
  }),
};

function domainLines(one: ExportCase): readonly ExportLine[] {
  const extra = qemuLines(one);
  const isQ35 = !(one.slice.kind === 'pf' && one.slice.way === 'legacy');
  return [
    line(
      extra.length === 0 ? "<domain type='kvm'>" : "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>",
      extra.length === 0 ? undefined : 'without xmlns:qemu libvirt refuses what is said to QEMU below',
    ),
    line(`  <name>${one.guest ?? 'igpu-guest'}</name>`),
    line("  <memory unit='GiB'>4</memory>", 'an example'),
    line('  <vcpu>4</vcpu>', 'an example'),
    line('  <os>'),
    line(
      `    <type arch='x86_64' machine='${isQ35 ? 'q35' : 'pc'}'>hvm</type>`,
      isQ35 ? 'either machine works for this slice' : "QEMU has the GPU's legacy mode on i440fx alone",
    ),
    line('  </os>'),
    line('  <features>', 'without ACPI a guest does not see its devices'),
    line('    <acpi/>'),
    line('  </features>'),
    line("  <cpu mode='host-passthrough'/>", 'drivers see the processor that their GPU belongs to'),
    line('  <devices>'),
    line(
      `    <!-- <disk type='file' device='disk'><source file='${placeholder('path of the disk')}'/><target dev='vda' bus='virtio'/></disk> -->`,
      'the disk of the guest',
    ),
    ...hostdevLines(one).map(({ text, ...rest }) => ({ text: `    ${text}`, ...rest })),
    ...pictureLines(one),
    line('  </devices>'),
    ...extra.map(({ text, ...rest }) => ({ text: `  ${text}`, ...rest })),
    line('</domain>'),
  ];
}

function pictureLines({ slice, display }: ExportCase): readonly ExportLine[] {
  if (slice.kind === 'mdev' && display.kind !== 'off')
    return [
      line("    <graphics type='spice'>", 'the window; OpenGL wants a viewer on the same machine'),
      line("      <listen type='none'/>"),
      line("      <gl enable='yes'/>", 'the picture comes as a buffer of the GPU'),
      line('    </graphics>'),
      line('    <video>', 'no second display adapter'),
      line("      <model type='none'/>"),
      line('    </video>'),
    ];
  if (slice.kind === 'pf')
    return [line('    <video>', 'the GPU is the only display adapter'), line("      <model type='none'/>"), line('    </video>')];
  return [
    line("    <graphics type='vnc' autoport='yes'/>", 'a VF has no picture of its own'),
    line('    <video>'),
    line("      <model type='vga'/>", 'the picture until somebody connects to the guest itself'),
    line('    </video>'),
  ];
}
