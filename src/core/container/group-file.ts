// SPDX-License-Identifier: AGPL-3.0-or-later

/** One group of a container. */
export interface Group {
  readonly name: string;
  readonly gid: number;
}

/** The largest group id of Linux; -1 as an unsigned number means "no group" (kernel include/linux/uidgid.h). */
export const MAX_GID = 0xfffffffe;

/**
 * The groups of an `/etc/group` in its order (group(5): `name:password:gid:members`). The file belongs to the container, so
 * whatever is no group is passed over. Of two lines with one name the first counts, as for glibc and musl.
 */
export function parseGroupFile(text: string): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\$?):[^:]*:(\d{1,10}):/.exec(line);
    const [, name = '', digits = ''] = match ?? [];
    const gid = Number(digits);
    if (match !== null && gid <= MAX_GID && !groups.has(name)) groups.set(name, { name, gid });
  }
  return [...groups.values()];
}
