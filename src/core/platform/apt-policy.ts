// SPDX-License-Identifier: AGPL-3.0-or-later

/** What apt would install of one package. */
export interface AptPolicy {
  readonly name: string;
  readonly installed: string | null;
  /** Null when no source offers it. */
  readonly candidate: string | null;
}

/** Reads what `apt-cache policy` prints; a package that several patterns match is there once. */
export function parseAptPolicy(output: string): readonly AptPolicy[] {
  const found = new Map<string, AptPolicy>();
  for (const block of output.split(/^(?=\S+:$)/m)) {
    const name = /^(\S+):$/m.exec(block)?.[1];
    if (name === undefined) continue;
    found.set(name, { name, installed: field(block, 'Installed'), candidate: field(block, 'Candidate') });
  }
  return [...found.values()];
}

function field(block: string, name: string): string | null {
  const value = new RegExp(`^ {2}${name}: (\\S+)$`, 'm').exec(block)?.[1];
  return value === undefined || value === '(none)' ? null : value;
}
