// SPDX-License-Identifier: AGPL-3.0-or-later
import { grubEnvText, readGrubEnv } from '../boot/grub-env.ts';
import { rootOf } from '../boot/loader.ts';
import type { Machine, Program, ProgramAnswer } from '../machine.ts';
import { UnknownCall } from './table.ts';

const BLOCK = '/boot/grub/grubenv';

/** `grub-reboot ENTRY`: sets `next_entry`. It warns where GRUB can't take it back, since then it stays (grub util/grub-reboot.in of 2.12). */
export const grubReboot: Program = async (machine, argv) => {
  const [, entry] = argv;
  if (entry === undefined || argv.length !== 2 || entry.startsWith('-')) throw new UnknownCall(argv);
  const lvm = (rootOf(machine.profile.cmdline) ?? '').startsWith('/dev/mapper/');
  const warning =
    `\nWARNING: Detected GRUB environment block on lvm device\n${entry} will remain the default boot entry until manually cleared with:\n` +
    `    grub-editenv ${BLOCK} unset next_entry\n\n`;
  const answer = change(machine, (values) => values.set('next_entry', entry));
  return { ...answer, stdout: lvm ? warning : '' };
};

/** `grub-editenv - list` and `grub-editenv - unset next_entry`. */
export const grubEditenv: Program = async (machine, argv) => {
  const call = argv.slice(1).join(' ');
  if (call === '- unset next_entry') return change(machine, (values) => values.delete('next_entry'));
  if (call !== '- list') throw new UnknownCall(argv);
  const values = readGrubEnv(machine.tree.text(BLOCK));
  if (values === undefined) return invalid(machine);
  return { exitCode: 0, stdout: [...values].map(([name, value]) => `${name}=${value}\n`).join(''), stderr: '' };
};

function change(machine: Machine, edit: (values: Map<string, string>) => void): ProgramAnswer {
  const text = machine.tree.text(BLOCK);
  const values = text === undefined ? new Map<string, string>() : readGrubEnv(text);
  if (values === undefined) return invalid(machine);
  edit(values);
  machine.programFiles('grub-editenv').write(BLOCK, grubEnvText(values));
  return { exitCode: 0, stdout: '', stderr: '' };
}

function invalid(machine: Machine): ProgramAnswer {
  const reason =
    machine.tree.get(BLOCK) === undefined ? `cannot open \`${BLOCK}': No such file or directory` : 'invalid environment block';
  return { exitCode: 1, stdout: '', stderr: `grub-editenv: error: ${reason}.\n` };
}
