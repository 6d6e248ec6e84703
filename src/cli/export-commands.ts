// SPDX-License-Identifier: AGPL-3.0-or-later
import { EXPORT_FORMATS } from '../core/export/format-table.ts';
import type { CommandSpec } from './command.ts';
import { GPU } from './common-options.ts';

const NAMES = EXPORT_FORMATS.map(({ name }) => name);

/** `pveigpu export` and `pveigpu import`. */
export const EXPORT_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'export',
    summary: 'a slice of this GPU as a text for another hypervisor or container engine',
    details: `Formats: ${EXPORT_FORMATS.map(({ name, summary }) => `${name} (${summary})`).join('; ')}. Reads this machine, which need not run Proxmox VE, and changes nothing. What is not known stays a placeholder that begins with REPLACE-WITH. VFs and mediated devices must exist already, but for a mediated device whose UUID is to be made.`,
    arguments: [{ name: 'format', description: 'what to write', complete: NAMES }],
    options: [
      {
        flags: '--slice <slice>',
        description:
          'vf:N, mdev or mdev:UUID, pf (pf:legacy, pf:upt) or render; default: the first that the format takes and the GPU has',
        complete: ['vf:1', 'mdev', 'pf', 'render'],
      },
      GPU,
      { flags: '--guest <name>', description: 'name of the guest or container' },
      { flags: '--uuid <uuid>', description: 'of a mediated device that is to be made (default: a new one)' },
      { flags: '--type <type>', description: 'mediated device type (default: the largest that fits now)' },
      {
        flags: '--display <what>',
        description: 'picture of a mediated device: off, ramfb, or ramfb,WxH (default: ramfb)',
        complete: ['off', 'ramfb'],
      },
      { flags: '--as-guide', description: 'the form that the old guides use, where it differs' },
      { flags: '--explain', description: 'say what each line is for' },
      { flags: '-o, --output <file>', description: 'write to a file', complete: 'file' },
      { flags: '--force', description: 'overwrite an existing file' },
    ],
    prints: true,
    examples: [
      { line: 'pveigpu export libvirt --slice vf:3', does: 'VF 3 for a libvirt domain' },
      { line: 'pveigpu export compose -o compose.yaml', does: 'the render node for Docker or Podman' },
      { line: 'pveigpu export qemu --slice mdev --explain', does: 'a mediated device, line by line' },
      { line: 'pveigpu export nixos --host capture:box.capture', does: "somebody else's machine as a NixOS module" },
    ],
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'import',
    summary: 'what a text of another hypervisor or engine gives away, and the assign that does the same here',
    details:
      'Reads libvirt domains, QEMU command lines, args lines of the guides, compose files, CDI specifications, quadlets, docker and podman run, incus commands and LXC lines. Says what the settings do, what is risky and what is outdated, and changes nothing.',
    arguments: [{ name: 'file', description: 'the text; - or nothing for standard input', optional: true, complete: 'file' }],
    prints: true,
    examples: [
      { line: 'pveigpu import win10.xml', does: 'a libvirt domain' },
      { line: 'grep ^args /etc/pve/qemu-server/101.conf | pveigpu import', does: 'an args line of a guide' },
    ],
    load: () => import('./commands/import.ts'),
  },
];
