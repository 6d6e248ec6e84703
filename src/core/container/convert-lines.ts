// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { configDigest } from '../guest/digest.ts';
import type { FileImage, Remark, Step } from '../plan/action.ts';
import { imageText, textToBase64 } from '../plan/file-image.ts';
import { ok, problem, type Result } from '../problem.ts';
import { type HandLines, isMount, isRule } from './hand-lines.ts';

/** A container's configuration file, read at once with its digest. */
export interface ContainerFile {
  readonly path: string;
  readonly image: FileImage;
}

/** The step that takes raw lines out, and the digest that the file has after it. */
export interface Conversion {
  readonly steps: readonly Step[];
  readonly digest?: string;
  readonly remarks: readonly Remark[];
}

/**
 * What to do about the raw lines of the guides. Beside a mount of `/dev/dri` a `devN` makes the start fail: LXC mounts first, and PVE's
 * hook cannot make a node that is there (pve-container lxc-pve-autodev-hook). So they stay alone, or go with `--convert`. PVE has no call
 * for raw lines (its manual says to edit the file), so that is an edit of the file, with nobody else's byte changed.
 */
export function convertLines(guest: Guest, lines: HandLines, wish: boolean, file: ContainerFile | undefined): Result<Conversion> {
  const name = guestName(guest);
  const [mount] = lines.mounts;
  const found = [...lines.mounts, ...lines.rules];
  if (found.length === 0) return ok({ steps: [], remarks: [] });
  if (!wish) {
    if (mount === undefined) {
      const text = `${found.join(' and ')} of ${name}, as guides write it, is not needed beside a dev entry.`;
      return ok({
        steps: [],
        remarks: [{ level: 'note', id: 'container.rules-by-hand', text, hint: '--convert takes it out.' }],
      });
    }
    return problem('guest.needs-flag', `${name} has /dev/dri already by hand, as guides write it: ${found.join('; ')}.`, {
      hint: 'It works as it is while node numbers stay. --convert replaces these lines by a dev entry of Proxmox VE.',
    });
  }
  if (guest.running.state !== 'known' || guest.running.value)
    return problem('guest.config', `${name} is running, and its raw lines can only be replaced while it is stopped.`, {
      hint: `pct shutdown ${guest.vmid}, then again.`,
    });
  if (file === undefined || file.image.kind !== 'file')
    return problem('facts.unknown', `The configuration file of ${name} is not known.`, {
      hint: 'Run pveigpu as root on the node.',
    });
  const { text, removed } = withoutHandLines(imageText(file.image));
  const base64 = textToBase64(text);
  const { mode } = file.image;
  const args = { path: file.path, base64, mode, before: file.image, edit: { kind: 'lines', added: [], removed } } as const;
  return ok({
    steps: [{ action: 'editFile', args, reason: 'a dev entry takes their place' }],
    digest: configDigest(new TextEncoder().encode(text)),
    remarks: lines.hasIdMap ? [idMapStays(name)] : [],
  });
}

function idMapStays(name: string): Remark {
  const text = `The lxc.idmap lines of ${name} stay, since they decide who owns its files.`;
  return { level: 'note', id: 'container.idmap-stays', text, hint: 'A dev entry does not need them.' };
}

/** A container's file without its raw lines for `/dev/dri`, and these lines. Snapshots keep theirs. */
export function withoutHandLines(text: string): { readonly text: string; readonly removed: readonly string[] } {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line.startsWith('['));
  const removed: string[] = [];
  const kept = lines.filter((line, index) => {
    const [, key = '', value = ''] = /^(lxc\.[a-z0-9_.-]+)(?::|\s*=)\s*(.*?)\s*$/.exec(line) ?? [];
    if ((end >= 0 && index >= end) || !(isMount(key, value) || isRule(key, value))) return true;
    removed.push(line);
    return false;
  });
  return { text: kept.join('\n'), removed };
}

/**
 * A container's file with its raw lines as they were: in their old order where the others are unchanged, else at the end of the current
 * section, where PVE writes raw lines.
 */
export function linesBack(text: string, pristine: string, removed: readonly string[]): string {
  const lines = text.split('\n');
  const header = lines.findIndex((line) => line.startsWith('['));
  const end = header < 0 ? lines.length : header;
  const section = lines.slice(0, end);
  const now = section.filter(isRaw);
  const then = currentRaw(pristine);
  const isUnchanged = then.filter((line) => !removed.includes(line)).join('\n') === now.join('\n');
  const missing = removed.filter((line) => !now.includes(line));
  const raw = isUnchanged ? then : [...now, ...missing];
  const others = section.filter((line) => !isRaw(line));
  const blanks = [...others].reverse().findIndex((line) => line.trim() !== '');
  const last = blanks < 0 ? 0 : others.length - blanks;
  return [...others.slice(0, last), ...raw, ...others.slice(last), ...lines.slice(end)].join('\n');
}

function currentRaw(text: string): readonly string[] {
  const lines = text.split('\n');
  const header = lines.findIndex((line) => line.startsWith('['));
  return (header < 0 ? lines : lines.slice(0, header)).filter(isRaw);
}

function isRaw(line: string): boolean {
  return line.startsWith('lxc.');
}
