// SPDX-License-Identifier: AGPL-3.0-or-later

const HEAD = '# GRUB Environment Block\n';
/** GRUB reads and writes the block in place, so its length never changes (grub util/editenv.c, DEFAULT_ENVBLK_SIZE). */
const BLOCK_BYTES = 1024;

/** The variables of a grubenv block; undefined when it is none (wrong head or length). */
export function readGrubEnv(text: string | undefined): Map<string, string> | undefined {
  if (text === undefined || !text.startsWith(HEAD) || text.length !== BLOCK_BYTES) return undefined;
  const values = new Map<string, string>();
  for (const line of text.slice(HEAD.length).split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !line.startsWith('#')) values.set(line.slice(0, at), line.slice(at + 1));
  }
  return values;
}

/** A grubenv block with these variables. */
export function grubEnvText(values: ReadonlyMap<string, string>): string {
  const lines = [...values].map(([name, value]) => `${name}=${value}\n`).join('');
  return (HEAD + lines).padEnd(BLOCK_BYTES, '#');
}
