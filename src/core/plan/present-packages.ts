// SPDX-License-Identifier: AGPL-3.0-or-later

/** States in which nothing of a package but its configuration is there (dpkg(1), "Package states"). */
const GONE: ReadonlySet<string> = new Set(['not-installed', 'config-files']);

/** Which of some packages are there in any state, also half-installed ones, by the text of `/var/lib/dpkg/status`. */
export function presentPackages(status: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => statesOf(status, name).some((state) => !GONE.has(state)));
}

/** Several architectures of one package have a stanza each. */
function statesOf(status: string, name: string): readonly string[] {
  const states: string[] = [];
  const head = `Package: ${name}\n`;
  for (let at = status.indexOf(head); at >= 0; at = status.indexOf(head, at + head.length)) {
    if (at > 0 && status[at - 1] !== '\n') continue;
    const end = status.indexOf('\n\n', at);
    const state = /\nStatus: \S+ \S+ (\S+)/.exec(status.slice(at, end < 0 ? undefined : end))?.[1];
    if (state !== undefined) states.push(state);
  }
  return states;
}
