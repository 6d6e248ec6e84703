// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ConfigFacts, ConfigFile } from '../facts/config-facts.ts';
import type { FileImage, Remark, Step } from '../plan/action.ts';
import { fromBase64, sameContent, textToBase64 } from '../plan/file-image.ts';
import type { Ledger } from '../plan/ledger.ts';
import { ok, problem, type Result } from '../problem.ts';
import { sha1Hex } from '../text/sha1.ts';
import { commented, commentLines, uncommentLines } from './commented-lines.ts';
import { textOf } from './others.ts';
import type { OwnFile } from './own-files.ts';
import { isOwnPath, OWN_HEADER } from './own-path.ts';
import type { Rebuild, SetupPart } from './setup-part.ts';

/** A line of somebody else's file that shall be switched off: its number (from 1) in the file as it would be without us. */
export interface LineOff {
  readonly path: string;
  readonly line: number;
  readonly reason: string;
}

const NEW_FILE_MODE = 0o644;

/**
 * Makes the files of host set-up what they shall be: writes our own, switches lines of others off, and gives back all that
 * was ours and that nobody wants any more. Nothing wanted is everything given back. Fails with `facts.unknown` when a file cannot be read,
 * and with `plan.failed` when one of ours is masked.
 */
export function settleFiles(
  ground: { readonly config: ConfigFacts; readonly ledger: Ledger },
  own: readonly OwnFile[],
  off: readonly LineOff[],
): Result<SetupPart> {
  const { config, ledger } = ground;
  const blind = config.unreadable.find(({ path }) => isOwnPath(path) || off.some((one) => one.path === path));
  if (blind !== undefined)
    return problem('facts.unknown', `${blind.path} cannot be read: ${blind.errno}.`, {
      hint: 'Run pveigpu as root.',
      where: blind.path,
    });
  const masked = own.find(({ path }) => config.masked?.includes(path) === true);
  if (masked !== undefined)
    return problem('plan.failed', `${masked.path} is masked: a link leads away from it, so nothing can be written there.`, {
      hint: `Take the link away first: rm ${masked.path}`,
      where: masked.path,
    });
  const at = (path: string) => config.files.find((file) => file.path === path);
  const steps: Step[] = [];
  const remarks: Remark[] = [];
  for (const file of own) {
    const now = at(file.path);
    const written = writeOwn(file, now);
    if (written.length > 0) remarks.push(...changedByOthers(ledger, file.path, now), ...replaced(ledger, file.path, now));
    steps.push(...written);
  }
  for (const path of ownPaths(config, ledger)) {
    if (own.some((file) => file.path === path)) continue;
    const given = giveBack(ledger, path, at(path));
    if (given.length > 0) remarks.push(...changedByOthers(ledger, path, at(path)));
    steps.push(...given);
  }
  const foreign = [
    ...new Set([...off.map(({ path }) => path), ...config.files.filter(hasLinesOff).map(({ path }) => path)]),
  ].sort();
  for (const path of foreign) {
    const now = at(path);
    if (now !== undefined)
      steps.push(
        ...switchLines(
          now,
          off.filter((one) => one.path === path),
        ),
      );
  }
  const rebuilds = [...new Set(steps.flatMap((step) => ('path' in step.args ? rebuildsOf(step.args.path) : [])))];
  return ok({ steps, remarks, rebuilds });
}

function writeOwn(file: OwnFile, now: ConfigFile | undefined): readonly Step[] {
  const base64 = textToBase64(file.text);
  if (now?.base64 === base64) return [];
  const args = { path: file.path, base64, mode: now?.mode ?? NEW_FILE_MODE, before: imageOf(now) };
  return [{ action: 'writeFile', args, reason: file.reason }];
}

function giveBack(ledger: Ledger, path: string, now: ConfigFile | undefined): readonly Step[] {
  const pristine = Object.hasOwn(ledger.files, path) ? ledger.files[path]?.pristine : undefined;
  const before = imageOf(now);
  // A file that was ours already when the ledger first saw it was never anybody else's.
  const theirs = pristine?.kind === 'file' && !startsAsOurs(pristine.base64) ? pristine : undefined;
  if (theirs !== undefined) {
    const { base64, mode } = theirs;
    return sameContent(theirs, before)
      ? []
      : [{ action: 'writeFile', args: { path, base64, mode, before, release: true }, reason: 'as it was before' }];
  }
  if (now === undefined || (pristine === undefined && !startsAsOurs(now.base64))) return [];
  return [{ action: 'removeFile', args: { path, before, release: true }, reason: 'is not needed any more' }];
}

function switchLines(now: ConfigFile, off: readonly LineOff[]): readonly Step[] {
  const text = textOf(now);
  const original = uncommentLines(text);
  const wanted = commentLines(
    original,
    off.map(({ line }) => line),
  );
  // A file that is not UTF-8 would lose bytes on the way; it is left alone.
  if (wanted === text || textToBase64(text) !== now.base64) return [];
  const linesOf = (numbers: readonly number[]) => original.split('\n').filter((_line, index) => numbers.includes(index + 1));
  const isOff = new Set(off.map(({ line }) => line));
  const before = text.split('\n').flatMap((line, index) => (line !== original.split('\n')[index] ? [index + 1] : []));
  const goingOff = linesOf([...isOff].filter((line) => !before.includes(line)));
  const comingBack = linesOf(before.filter((line) => !isOff.has(line)));
  const args = {
    path: now.path,
    base64: textToBase64(wanted),
    mode: now.mode,
    before: imageOf(now),
    edit: {
      kind: 'lines' as const,
      added: [...goingOff.map(commented), ...comingBack],
      removed: [...goingOff, ...comingBack.map(commented)],
    },
    ...(isOff.size === 0 ? { release: true as const } : {}),
  };
  const reason =
    isOff.size === 0 ? 'the line that we switched off counts again' : [...new Set(off.map((one) => one.reason))].join('; ');
  return [{ action: 'editFile', args, reason }];
}

/** Somebody wrote into a file of ours: it will not survive, so it is said. */
function changedByOthers(ledger: Ledger, path: string, now: ConfigFile | undefined): readonly Remark[] {
  const noted = Object.hasOwn(ledger.files, path) ? ledger.files[path] : undefined;
  if (noted === undefined || now === undefined || noted.wroteSha1 === sha1Hex(fromBase64(now.base64))) return [];
  const text = `${path} was changed since pveigpu wrote it; what was changed there is lost (see the lines above).`;
  return [{ level: 'warning', id: 'setup.own-file-changed', text, hint: 'Put your own settings into a file of another name.' }];
}

/** Somebody else's file stands where ours has to be. */
function replaced(ledger: Ledger, path: string, now: ConfigFile | undefined): readonly Remark[] {
  if (now === undefined || Object.hasOwn(ledger.files, path) || startsAsOurs(now.base64)) return [];
  const text = `${path} is not from pveigpu. It is replaced, so what it sets does not count until it comes back.`;
  return [{ level: 'warning', id: 'setup.file-replaced', text, hint: 'Move it to a file of another name first to keep it.' }];
}

function ownPaths(config: ConfigFacts, ledger: Ledger): readonly string[] {
  const known = [...config.files.map(({ path }) => path), ...Object.keys(ledger.files)];
  return [...new Set(known.filter(isOwnPath))].sort();
}

function hasLinesOff(file: ConfigFile): boolean {
  return !isOwnPath(file.path) && textOf(file) !== uncommentLines(textOf(file));
}

function startsAsOurs(base64: string): boolean {
  return textOf({ base64 }).startsWith(OWN_HEADER);
}

function imageOf(file: ConfigFile | undefined): FileImage {
  if (file === undefined) return { kind: 'absent' };
  const { base64, mode, uid, gid } = file;
  return { kind: 'file', base64, mode, uid, gid };
}

/** What reads a file: initramfs-tools copies modprobe.d, systemd and udev read their folders when told to. */
function rebuildsOf(path: string): readonly Rebuild[] {
  if (path.startsWith('/etc/modprobe.d/') || path.startsWith('/etc/initramfs-tools/')) return ['initramfs'];
  if (path.startsWith('/etc/systemd/')) return ['units'];
  return path.startsWith('/etc/udev/') ? ['udev'] : [];
}
