// SPDX-License-Identifier: AGPL-3.0-or-later

/** File contents of more base64 characters than this (12 KiB) stand in a file of their own, so that journal and ledger stay small. */
const LARGEST_INSIDE = 16 * 1024;
/** In text that JSON.stringify made with an indent; inside a JSON text the quotes would have backslashes. A colon is no base64. */
const REFERENCE = /"base64": "sha256:([0-9a-f]{64})"/g;

/** A stored value as text, and the large contents that it names by their SHA-256 (base64 by hash). */
export interface StoredApart {
  readonly text: string;
  readonly contents: ReadonlyMap<string, string>;
}

/** As `printStored`, with each large content of a file image put apart. `hashOf` gets the object that holds it, to remember it by. */
export function printApart(value: object, hashOf: (holder: object, base64: string) => string): StoredApart {
  const contents = new Map<string, string>();
  function apart(this: object, key: string, member: unknown): unknown {
    if (key !== 'base64' || typeof member !== 'string' || member.length <= LARGEST_INSIDE) return member;
    const hash = hashOf(this, member);
    contents.set(hash, member);
    return `sha256:${hash}`;
  }
  return { text: `${JSON.stringify(value, apart, 1)}\n`, contents };
}

/** The hashes of the contents that a stored text names, each once. */
export function contentsNamed(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(REFERENCE), ([, hash]) => hash ?? ''))];
}

/** The stored text with the contents (base64 by hash) in their places; what is not given stays named. */
export function withContents(text: string, contents: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (whole, hash: string) => {
    const base64 = contents.get(hash);
    return base64 === undefined ? whole : `"base64": "${base64}"`;
  });
}
