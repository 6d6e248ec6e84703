// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestGround } from '../assign/assign-request.ts';
import { guestName } from '../assign/guest-keys.ts';
import type { Release } from '../assign/release-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { configDigest } from '../guest/digest.ts';
import type { Remark, Step } from '../plan/action.ts';
import { imageText, textToBase64 } from '../plan/file-image.ts';
import { linesBack } from './convert-lines.ts';
import { parseDevEntry } from './dev-entry.ts';
import { nodeState } from './node-state.ts';

/** What giving a container back what it had takes besides its keys. */
export interface ReleasedShare {
  readonly release: Release;
  /** Steps before the change of the keys. */
  readonly steps: readonly Step[];
  /** The digest that the file has after these steps. */
  readonly digest: string;
  readonly remarks: readonly Remark[];
}

/**
 * Fits a release to a container: PVE takes no `devN` whose node is not there, so such an old value is left out; raw lines that an
 * assignment took out come back. For a VM nothing changes.
 */
export function releaseShare(ground: GuestGround, guest: Guest, release: Release): ReleasedShare {
  const { digest } = ground;
  if (guest.kind !== 'lxc') return { release, steps: [], digest, remarks: [] };
  const fitted = withoutVanished(ground, guest, release);
  const file = ground.containerFile;
  const noted = file === undefined || !Object.hasOwn(ground.ledger.files, file.path) ? undefined : ground.ledger.files[file.path];
  const removed = (noted?.edits ?? []).flatMap((edit) => (edit.kind === 'lines' ? edit.removed : []));
  if (file === undefined || file.image.kind !== 'file' || noted === undefined || removed.length === 0)
    return { ...fitted, steps: [], digest };
  const text = linesBack(imageText(file.image), imageText(noted.pristine), removed);
  const args = {
    path: file.path,
    base64: textToBase64(text),
    mode: file.image.mode,
    before: file.image,
    edit: { kind: 'lines', added: removed, removed: [] },
    release: true,
  } as const;
  return {
    ...fitted,
    steps: [{ action: 'editFile', args, reason: `${guestName(guest)} gets back its own lines` }],
    digest: configDigest(new TextEncoder().encode(text)),
  };
}

function withoutVanished({ facts }: GuestGround, guest: Guest, release: Release): Pick<ReleasedShare, 'release' | 'remarks'> {
  const drm = ifKnown(facts.drm);
  const pci = ifKnown(facts.pci);
  if (drm === undefined || pci === undefined) return { release, remarks: [] };
  const vanished = Object.entries(release.set).filter(([key, value]) => {
    const path = /^dev\d+$/.test(key) ? parseDevEntry(value)?.path : undefined;
    return path !== undefined && nodeState(path, drm, pci)?.kind === 'vanished';
  });
  const gone = vanished.map(([key]) => key);
  return {
    release: {
      ...release,
      set: Object.fromEntries(Object.entries(release.set).filter(([key]) => !gone.includes(key))),
      remove: [...release.remove, ...gone],
    },
    remarks: vanished.map(([key, value]) => ({
      level: 'warning',
      id: 'container.node-gone',
      text: `${key} of ${guestName(guest)} was ${value} before, whose node does not exist now, so it is taken out.`,
    })),
  };
}
