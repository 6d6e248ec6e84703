// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../problem.ts';
import type { Imported, ImportReader } from './imported.ts';
import { COMPOSE_READER } from './readers/compose.ts';
import { INCUS_READER, LXC_READER, QUADLET_READER, RUN_READER } from './readers/container-lines.ts';
import { LIBVIRT_READER } from './readers/libvirt.ts';
import { QEMU_READER } from './readers/qemu.ts';

/** Every kind of text that `pveigpu import` reads; the first that knows it takes it. */
export const IMPORT_READERS: readonly ImportReader[] = [
  LIBVIRT_READER,
  COMPOSE_READER,
  QUADLET_READER,
  INCUS_READER,
  LXC_READER,
  RUN_READER,
  QEMU_READER,
];

/** Reads a text of another program. Fails with `usage` when nobody knows it, `format.unreadable` when it is broken. */
export function readImport(text: string): Result<Imported> {
  for (const { name, read } of IMPORT_READERS) {
    const imported = read(text);
    if (imported === undefined) continue;
    if ('broken' in imported) return problem('format.unreadable', imported.broken, { hint: 'Correct the text, then try again.' });
    return ok({ form: name, ...imported });
  }
  return problem('usage', 'This is no text that pveigpu import knows.', {
    hint: 'It reads libvirt domains, QEMU command lines, args lines, compose files, CDI, quadlets, docker and podman run, incus commands and LXC lines.',
  });
}
