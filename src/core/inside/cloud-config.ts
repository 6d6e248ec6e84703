// SPDX-License-Identifier: AGPL-3.0-or-later

import type { InsideCase } from './inside-case.ts';
import { insideNeeds, openSteps } from './inside-needs.ts';

/**
 * A vendor snippet for cloud-init that does what `--apply` would do, at the guest's first boot: files first (`write_files` runs before
 * `runcmd`, https://docs.cloud-init.io modules reference), then the commands in order. Words are JSON, which YAML takes as it is,
 * so that nothing in them is read as syntax.
 */
export function cloudConfig(inside: InsideCase): string {
  const files = new Map<string, string>();
  const runs: (readonly string[])[] = [];
  for (const { argv, stdin } of openSteps(insideNeeds(inside)).flatMap(({ commands }) => commands)) {
    const [program, path = ''] = argv;
    if (program !== 'tee' || stdin === undefined) runs.push(stdin === undefined ? argv : piped(argv, stdin));
    else if (!files.has(path)) files.set(path, stdin);
    // Written a second time as the sign that the command before it ended well; cloud-init goes on after one that failed.
    else runs.push(andThenWrite(runs.pop() ?? ['true'], path, stdin));
  }
  const lines = [
    '#cloud-config',
    `# Written by pveigpu for guest ${inside.guest.vmid}: what its Intel GPU needs inside.`,
    `# Use it with: qm set ${inside.guest.vmid} --cicustom "vendor=STORAGE:snippets/FILE"`,
    ...(files.size === 0 ? [] : ['write_files:', ...[...files].flatMap(([path, stdin]) => fileLines(path, stdin))]),
    ...(runs.length === 0 ? [] : ['runcmd:', ...runs.map((argv) => `  - ${JSON.stringify(argv)}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function piped(argv: readonly string[], stdin: string): readonly string[] {
  return ['sh', '-c', 'printf %s "$0" | "$@"', stdin, ...argv];
}

function andThenWrite(argv: readonly string[], path: string, text: string): readonly string[] {
  return ['sh', '-c', 'path=$1; shift; "$@" && printf %s "$0" > "$path"', text, path, ...argv];
}

function fileLines(path: string, text: string): readonly string[] {
  return [
    `  - path: ${JSON.stringify(path)}`,
    '    owner: "root:root"',
    `    permissions: "0644"`,
    `    content: ${JSON.stringify(text)}`,
  ];
}
