// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { snippetPath } from '../guest/volid.ts';
import type { FileImage, Remark, Step } from '../plan/action.ts';
import { fromBase64 } from '../plan/file-image.ts';
import { guestName, nextConfig } from './guest-keys.ts';
import { HOOK_FILE, isOurFile, isOurHook } from './ours.ts';

/** Where our hookscript is or will be. */
export interface HookPlace {
  readonly volid: string;
  readonly path: string;
}

/** The hookscript's file as it is now and as it shall be. */
export interface HookFile extends HookPlace {
  readonly base64: string;
  readonly before: FileImage;
}

const EXECUTABLE = 0o755;

/**
 * The hook that the guest has already if it is ours, else a place for it: the storage that is wanted and no other, or
 * `local` first, then any storage with snippets.
 */
export function hookPlace(facts: HostFacts, guest: Guest | undefined, wanted?: string): HookPlace | undefined {
  const storages = ifKnown(facts.hookscripts)?.snippetStorages ?? [];
  const present = guest === undefined ? undefined : nextConfig(guest).hookscript;
  if (present !== undefined && isOurHook(present)) {
    const path = snippetPath(present, storages);
    return path === undefined ? undefined : { volid: present, path };
  }
  const named = storages.find((one) => one.storage === (wanted ?? 'local'));
  const chosen = named ?? (wanted === undefined ? storages.find((one) => one.allowsSnippets) : undefined);
  return chosen === undefined
    ? undefined
    : { volid: `${chosen.storage}:snippets/${HOOK_FILE}`, path: `${chosen.path}/${HOOK_FILE}` };
}

/** What setting our hookscript takes: the file, the key, and what to say about it. */
export interface HookWish {
  readonly steps: readonly Step[];
  /** The value for the key `hookscript`, absent when it stays as it is. */
  readonly value?: string;
  readonly remarks: readonly Remark[];
}

/** What is lost without our hookscript for a guest on a VF. */
const NO_VF = 'pveigpu does not make and bind its VF at each start; VFs must be there before';

/** Plans our hookscript for a guest. A hookscript of somebody else stays: PVE runs one script per guest; then `lost` is, as a clause. */
export function hookWish(guest: Guest, file: HookFile | undefined, lost = NO_VF): HookWish {
  const present = nextConfig(guest).hookscript;
  if (present !== undefined && !isOurHook(present)) {
    const text = `${guestName(guest)} has the hookscript ${present}; it stays, so ${lost}.`;
    return { steps: [], remarks: [{ level: 'warning', id: 'guest.other-hookscript', text }] };
  }
  if (file === undefined) {
    const text = `No storage for snippets is known here, so no hookscript is set and ${lost}.`;
    const hint = 'pvesm set local --content snippets,... lets the storage local hold it.';
    return { steps: [], remarks: [{ level: 'warning', id: 'hook.no-storage', text, hint }] };
  }
  const written = writeHook(file);
  return { ...written, ...(present === undefined ? { value: file.volid } : {}) };
}

function writeHook({ path, base64, before }: HookFile): { readonly steps: readonly Step[]; readonly remarks: readonly Remark[] } {
  if (before.kind === 'file' && !isOurFile(new TextDecoder().decode(fromBase64(before.base64)))) {
    const text = `${path} is a file of somebody else, so our hookscript cannot be put there.`;
    const hint = 'Move it away, or leave out --vf and --hook.';
    return { steps: [], remarks: [{ level: 'blocker', id: 'hook.foreign-file', text, hint, code: 'guest.config' }] };
  }
  if (before.kind === 'file' && before.base64 === base64) {
    const runs = (before.mode & 0o100) !== 0;
    const text = `${path} is not executable, so PVE refuses to start guests that name it.`;
    return { steps: [], remarks: runs ? [] : [{ level: 'warning', id: 'hook.not-executable', text, hint: `chmod 755 ${path}` }] };
  }
  const step: Step = {
    action: 'writeFile',
    args: { path, base64, mode: EXECUTABLE, before },
    reason:
      before.kind === 'absent'
        ? 'our hookscript, which leaves to the product what is to be done'
        : 'the hookscript of this version',
  };
  return { steps: [step], remarks: [] };
}
