// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a simulated run of apt-get would do. */
export interface SimulatedChanges {
  /** Packages that it would install, with the version that is installed now, null when it is none. */
  readonly installs: readonly { readonly name: string; readonly before: string | null }[];
  readonly removes: readonly string[];
}

/** `Inst NAME [OLD] (NEW ...)`, `Remv NAME [OLD]` and `Purg`; a name may carry its architecture (apt-get(8), -s). */
const LINE = /^(Inst|Remv|Purg) ([^\s:]+)(?::\S+)?(?: \[([^\]]+)\])?/;

/** Reads what `apt-get -s` prints. */
export function simulatedChanges(output: string): SimulatedChanges {
  const installs: { name: string; before: string | null }[] = [];
  const removes: string[] = [];
  for (const line of output.split('\n')) {
    const [, verb, name, old] = LINE.exec(line) ?? [];
    if (verb === undefined || name === undefined) continue;
    if (verb === 'Inst') installs.push({ name, before: old ?? null });
    else removes.push(name);
  }
  return { installs, removes };
}
