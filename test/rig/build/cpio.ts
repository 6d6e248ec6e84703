// SPDX-License-Identifier: AGPL-3.0-or-later

/** One entry of an initramfs. */
export interface CpioEntry {
  readonly name: string;
  /** Type and permission bits, for example 0o100755 for a program or 0o40755 for a directory. */
  readonly mode: number;
  readonly content?: Buffer;
}

/** An uncompressed initramfs in the "newc" format (kernel Documentation/driver-api/early-userspace/buffer-format.rst). */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  const all = [...entries, { name: 'TRAILER!!!', mode: 0 }];
  for (const [index, entry] of all.entries()) {
    const content = ('content' in entry ? entry.content : undefined) ?? Buffer.alloc(0);
    const numbers = [index + 1, entry.mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, entry.name.length + 1, 0];
    const header = `070701${numbers.map((value) => value.toString(16).padStart(8, '0')).join('')}${entry.name}\0`;
    parts.push(padded(Buffer.from(header)), padded(content));
  }
  return Buffer.concat(parts);
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}
