// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a Linux system says of itself in `/etc/os-release` (os-release(5)). */
export interface OsRelease {
  /** Lower-case, for example `debian`; `linux` where it is not told, as the man page has it. */
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId?: string;
  readonly codename?: string;
  readonly prettyName?: string;
}

/** Reads the text of an os-release file; undefined when it names nothing. */
export function parseOsRelease(text: string): OsRelease | undefined {
  const values = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/^[ \t]*([A-Z_]+)=(.*)$/gm)) values.set(key, unquoted(value.trim()));
  if (values.size === 0) return undefined;
  const versionId = values.get('VERSION_ID');
  const codename = values.get('VERSION_CODENAME');
  const prettyName = values.get('PRETTY_NAME');
  return {
    id: (values.get('ID') ?? 'linux').toLowerCase(),
    idLike: (values.get('ID_LIKE') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ''),
    ...(versionId === undefined ? {} : { versionId }),
    ...(codename === undefined ? {} : { codename }),
    ...(prettyName === undefined ? {} : { prettyName }),
  };
}

function unquoted(value: string): string {
  const inner = /^"(.*)"$/.exec(value)?.[1] ?? /^'(.*)'$/.exec(value)?.[1];
  return (inner ?? value).replace(/\\(["$`\\])/g, '$1');
}
