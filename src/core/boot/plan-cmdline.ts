// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BootFacts } from '../facts/boot-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark, Step } from '../plan/action.ts';
import type { SetupGround, SetupPart } from '../setup/setup-part.ts';
import { NO_PART } from '../setup/setup-part.ts';
import { type CmdlineFile, cmdlineFiles, isCmdlineFile } from './cmdline-files.ts';
import { KERNEL_CMDLINE } from './detect-loaders.ts';
import { isPlainWord } from './parameter-words.ts';
import { type Settled, settleGrub } from './settle-grub.ts';
import { settleKernelCmdline } from './settle-kernel-cmdline.ts';

const NEW_FILE_MODE = 0o644;

/**
 * Settles which words of the kernel command line are ours, in the files of every loader that could start this machine. With an
 * empty list ours go out again: files nobody changed since get their bytes back, from others only our words go. Words of `replacing` take the
 * place of what others say under the same name; theirs stay where they are, ours stand last and count.
 */
export function planCmdline(
  { facts, ledger }: Pick<SetupGround, 'facts' | 'ledger'>,
  wanted: readonly string[],
  options: { readonly force: boolean; readonly replacing?: readonly string[] },
): SetupPart {
  const all = [...wanted, ...(options.replacing ?? [])];
  const noted = Object.keys(ledger.files).some(isCmdlineFile);
  const [boot, config] = [ifKnown(facts.boot), ifKnown(facts.config)];
  if (boot === undefined || config === undefined) {
    const reason = [facts.boot, facts.config]
      .map((section) => (section.state === 'unknown' ? `: ${section.reason}` : ''))
      .join('');
    return all.length > 0 || noted ? blocked(`The boot loader of this machine is not known${reason}.`) : NO_PART;
  }
  const blind = config.unreadable.find(({ path }) => isCmdlineFile(path) || path === '/etc/default/grub.d');
  const files = cmdlineFiles(config, ledger);
  if (all.length === 0 && files.every(({ now, theirs }) => now === theirs)) return NO_PART;
  if (blind !== undefined) return blocked(`${blind.path} cannot be read: ${blind.errno}.`);
  if (all.length > 0 && boot.loaders.length === 0) return blocked('No boot loader was found on this machine.');
  const odd = all.find((word) => !isPlainWord(word));
  if (odd !== undefined) return blocked(`${JSON.stringify(odd)} cannot be written onto a kernel command line.`);
  const settled = boot.loaders.map((loader) => settleLoader(loader, files, wanted, ifKnown(facts.kernel)?.cmdline, options));
  const steps = files.flatMap((file) => stepsFor(file, settled, ledger));
  return {
    steps,
    remarks: [...settled.flatMap(({ remarks }) => remarks), ...changedSince(files, steps, ledger)].filter(isFirst),
    rebuilds: steps.length === 0 ? [] : ['boot'],
  };
}

function settleLoader(
  loader: BootFacts['loaders'][number],
  files: readonly CmdlineFile[],
  wanted: readonly string[],
  running: string | undefined,
  { force, replacing = [] }: { readonly force: boolean; readonly replacing?: readonly string[] },
): Settled {
  const theirs = files.flatMap(({ path, theirs: text }) => (text === null ? [] : [{ path, text }]));
  if (loader.kind === 'grub') return settleGrub(theirs, wanted, { force, replacing });
  const text = theirs.find(({ path }) => path === KERNEL_CMDLINE)?.text ?? null;
  const active = loader.active === true;
  return settleKernelCmdline(text, wanted, { tool: loader.tool, active, running: running ?? '', force, replacing });
}

function stepsFor(file: CmdlineFile, settled: readonly Settled[], ledger: SetupGround['ledger']): readonly Step[] {
  const wanted = settled.flatMap(({ files }) => files).find(({ path }) => path === file.path);
  const text = wanted?.text ?? file.theirs;
  const { path, before } = file;
  if (text === file.now) return [];
  const pristine = Object.hasOwn(ledger.files, path) ? ledger.files[path]?.pristine : undefined;
  if (text === null)
    return [{ action: 'removeFile', args: { path, before, release: true }, reason: 'our words are not needed any more' }];
  const mode = before.kind === 'file' ? before.mode : NEW_FILE_MODE;
  const base64 = btoa(text);
  if (wanted === undefined && pristine?.kind === 'file' && pristine.base64 === base64) {
    const args = { path, base64, mode: pristine.mode, before, release: true as const };
    return [{ action: 'writeFile', args, reason: 'as it was before' }];
  }
  const added = wanted?.added ?? [];
  if (wanted?.whole === true)
    return [{ action: 'writeFile', args: { path, base64, mode, before }, reason: `${added.join(' ')} for the kernel` }];
  const edit = {
    kind: 'kernel-parameters' as const,
    format: path === KERNEL_CMDLINE ? ('kernel-cmdline' as const) : ('grub-default' as const),
    added: added.filter((word) => !file.ours.includes(word)),
    removed: file.ours.filter((word) => !added.includes(word)),
  };
  const release = wanted === undefined ? { release: true as const } : {};
  const reason = wanted === undefined ? 'our words go, the rest stays as it is' : `${added.join(' ')} for the kernel`;
  return [{ action: 'editFile', args: { path, base64, mode, before, edit, ...release }, reason }];
}

/** A file that somebody changed after us: its bytes from before are not put back, and that is said. */
function changedSince(files: readonly CmdlineFile[], steps: readonly Step[], ledger: SetupGround['ledger']): readonly Remark[] {
  const released = steps.flatMap((step) => (step.action === 'editFile' && step.args.release === true ? [step.args.path] : []));
  return files
    .filter(({ path }) => released.includes(path) && Object.hasOwn(ledger.files, path))
    .map(({ path }) => ({
      level: 'note',
      id: 'boot.changed-since',
      text: `${path} was changed since pveigpu wrote it, so only our words are taken out.`,
    }));
}

function isFirst(remark: Remark, index: number, all: readonly Remark[]): boolean {
  return all.findIndex(({ id, text }) => id === remark.id && text === remark.text) === index;
}

function blocked(text: string): SetupPart {
  const remark: Remark = {
    level: 'blocker',
    id: 'boot.unknown',
    text,
    hint: 'Run pveigpu on the node as root.',
    code: 'facts.unknown',
  };
  return { ...NO_PART, remarks: [remark] };
}
