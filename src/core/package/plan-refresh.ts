// SPDX-License-Identifier: AGPL-3.0-or-later
import { HOOK_FILE, isOurFile } from '../assign/ours.ts';
import type { FileImage, Plan, Step } from '../plan/action.ts';
import { fromBase64, textToBase64 } from '../plan/file-image.ts';
import type { Ledger } from '../plan/ledger.ts';
import { RULES_FOLDER, UNIT_FOLDER } from '../setup/own-path.ts';
import { sha1Hex } from '../text/sha1.ts';
import { HARMLESS_HOOK } from './harmless-hook.ts';
import { SHIPPED_TEXTS } from './shipped-texts.ts';

const DAEMON_MS = 60_000;

/** A file that an older version of us left on the node, as it is now. */
export interface OlderFile {
  readonly path: string;
  readonly now: FileImage;
}

/** The files that this version may have another text for: those of a set-up that stand in the ledger, and our hookscripts. */
export function mayBeOlder(ledger: Ledger, hooks: readonly string[]): readonly string[] {
  const noted = Object.keys(ledger.files).filter((path) => Object.hasOwn(SHIPPED_TEXTS, path) || path.endsWith(`/${HOOK_FILE}`));
  return [...new Set([...noted, ...hooks])].sort();
}

/**
 * Brings files that an older version wrote to the text of this one, so that an upgrade leaves nothing to apply. A file that somebody
 * changed since is left for the next plan, which says so; a stand-in for the hookscript becomes the hookscript again.
 */
export function planRefresh(ledger: Ledger, files: readonly OlderFile[], hookStub: string): Plan {
  const steps = files.flatMap((file) => refresh(ledger, file, hookStub));
  const touches = (folder: string) => steps.some(({ args }) => 'path' in args && args.path.startsWith(`${folder}/`));
  return {
    title: 'bring files of an older version to this one',
    steps: [
      ...steps,
      ...(touches(UNIT_FOLDER) ? [run(['systemctl', 'daemon-reload'], 'systemd reads its units again')] : []),
      ...(touches(RULES_FOLDER) ? [run(['udevadm', 'control', '--reload'], 'udev reads its rules again')] : []),
    ],
    remarks: [],
  };
}

function refresh(ledger: Ledger, { path, now }: OlderFile, hookStub: string): readonly Step[] {
  if (now.kind !== 'file') return [];
  const bytes = fromBase64(now.base64);
  const isHook = path.endsWith(`/${HOOK_FILE}`);
  const isStandIn = isHook && now.base64 === textToBase64(HARMLESS_HOOK);
  const noted = Object.hasOwn(ledger.files, path) ? ledger.files[path]?.wroteSha1 : undefined;
  const isAsLeft = noted === undefined ? isHook && isOurFile(new TextDecoder().decode(bytes)) : noted === sha1Hex(bytes);
  if (!isAsLeft && !isStandIn) return [];
  const base64 = textToBase64(isHook ? hookStub : (SHIPPED_TEXTS[path] ?? ''));
  if (base64 === now.base64) return [];
  // A hookscript that the ledger does not know came with a migrated guest, and is nothing to give back later.
  const args = { path, base64, mode: now.mode, before: now, ...(noted === undefined ? { release: true as const } : {}) };
  return [{ action: 'writeFile', args, reason: 'as this version of pveigpu has it' }];
}

function run(argv: readonly [string, ...string[]], reason: string): Step {
  return { action: 'run', args: { argv, undo: argv, timeoutMs: DAEMON_MS }, reason };
}
