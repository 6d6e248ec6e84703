// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../core/problem.ts';
import type { Host } from '../ports/host.ts';

/** More than a ROM can have: 32 MiB is what 16 bits of blocks can say, and a flash of 64 MiB is a whole firmware. */
const MOST_BYTES = 32 * 1024 * 1024;

/** The bytes of a ROM file; larger files are firmware images, in which `rom extract` looks. */
export async function readRomFile(host: Host, path: string): Promise<Result<Uint8Array>> {
  const stat = await host.stat(path);
  if (stat.kind === 'absent') return problem('host.read', `There is no file ${path}.`, { where: path });
  if (stat.kind === 'content' && stat.value.kind !== 'file')
    return problem('host.read', `${path} is no file.`, { where: path, hint: 'Name a ROM file, or the address of a device.' });
  const read = await host.readBytes(path, { maxBytes: MOST_BYTES + 1 });
  if (read.kind !== 'content') {
    const errno = read.kind === 'absent' ? 'ENOENT' : read.errno;
    return problem('host.read', `${path} cannot be read (${errno}).`, { where: path });
  }
  if (read.value.length > MOST_BYTES)
    return problem('format.unreadable', `${path} is larger than any option ROM.`, {
      where: path,
      hint: 'A firmware image is searched with: pveigpu rom extract FILE',
    });
  return ok(read.value);
}
