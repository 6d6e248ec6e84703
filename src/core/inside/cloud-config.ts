// SPDX-License-Identifier: AGPL-3.0-or-later

import type { InsideCase } from './inside-case.ts';
import { insideNeeds, openSteps } from './inside-needs.ts';

/**
 * A vendor snippet for cloud-init that does what `--apply` would do, at the guest's first boot: files first (`write_files` runs before
 * `runcmd`, https://docs.cloud-init.io modules reference), then the commands in order. Words are JSON, which YAML takes as it is,
 * so that nothing in them is read as syntax.
 */
export function cloudConfig(inside: InsideCase): string {
  const commands = openSteps(insideNeeds(inside)).flatMap(({ commands: own }) => own);
  // A file that is written twice is written as it stays.
  const files = new Map(
    commands.flatMap(({ argv: [program, path], stdin }) =>
      program === 'tee' && path !== undefined && stdin !== undefined ? [[path, stdin] as const] : [],
    ),
  );
  const piped = (argv: readonly string[], stdin: string) => ['sh', '-c', `printf %s "$0" | "$@"`, stdin, ...argv];
  const runs = commands.flatMap(({ argv, stdin }) =>
    argv[0] === 'tee' ? [] : [stdin === undefined ? argv : piped(argv, stdin)],
  );
  const lines = [
    '#cloud-config',
    `# Written by pveigpu for guest ${inside.guest.vmid}: what its Intel GPU needs inside.`,
    `# Use it with: qm set ${inside.guest.vmid} --cicustom "vendor=STORAGE:snippets/FILE"`,
    ...(files.size === 0 ? [] : ['write_files:', ...[...files].flatMap(([path, stdin]) => fileLines(path, stdin))]),
    ...(runs.length === 0 ? [] : ['runcmd:', ...runs.map((argv) => `  - ${JSON.stringify(argv)}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function fileLines(path: string, text: string): readonly string[] {
  return [
    `  - path: ${JSON.stringify(path)}`,
    '    owner: "root:root"',
    `    permissions: "0644"`,
    `    content: ${JSON.stringify(text)}`,
  ];
}
