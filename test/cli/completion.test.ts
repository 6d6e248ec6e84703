// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { bashCompletion } from '../../src/cli/completion/bash.ts';
import { commandPaths } from '../../src/cli/completion/command-paths.ts';
import { fishCompletion } from '../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../src/cli/completion/zsh.ts';

const folder = mkdtempSync(join(tmpdir(), 'pveigpu-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
const paths = commandPaths(COMMANDS);
const bash = join(folder, 'bash');
writeFileSync(bash, bashCompletion(paths));

/** What bash itself offers for a line, with the cursor at its end. `pveigpu complete` answers VMIDs 101 and 102. */
function offered(...words: string[]): string[] {
  const script = `pveigpu() { printf '101\\n102\\n'; }
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pveigpu; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const run = spawnSync('bash', ['--norc', '-c', script, 'bash', bash, 'pveigpu', ...words], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return run.stdout.split('\n').filter((line) => line !== '');
}

describe('bash completion, as bash runs it', () => {
  test.each([
    [['as'], ['assert', 'assign', 'assignments']],
    [
      ['vf', ''],
      ['list', 'create', 'remove', 'profile'],
    ],
    [
      ['assign', ''],
      ['101', '102'],
    ],
    [['assign', '101', '--mo'], ['--mode']],
    [['assign', '101', '--mode', 's'], ['sriov']],
    [
      ['assign', '--mode', 'sriov', ''],
      ['101', '102'],
    ],
    [['assign', '101', ''], []],
    [['vf', 'create', '--dr'], ['--dry-run']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['--h'], ['--help', '--host']],
    [['hook', ''], []],
  ])('%j offers %j', (words, answer) => {
    expect(offered(...words)).toEqual(answer);
  });

  test('every visible command is offered', () => {
    expect(offered('').sort()).toEqual(
      COMMANDS.filter(({ hidden }) => hidden !== true)
        .map(({ name }) => name)
        .sort(),
    );
  });
});

const OTHERS = [
  ['zsh', zshCompletion(paths)],
  ['fish', fishCompletion(paths)],
] as const;
const isInstalled = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe('zsh and fish', () => {
  test.each(OTHERS)('%s: names every command, sub-command and option', (_shell, script) => {
    for (const { words, options } of paths) {
      expect(script).toContain(words.at(-1));
      for (const { long } of options) expect(script).toContain(long.slice(2));
    }
  });

  test.each(OTHERS.filter(([shell]) => isInstalled(shell)))('%s: the shell itself finds no fault in it', (shell, script) => {
    const file = join(folder, shell);
    writeFileSync(file, script);
    const run = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
  });

  test.runIf(isInstalled('fish'))('fish itself offers sub-commands and values', () => {
    const file = join(folder, 'ask.fish');
    const asked = ['pveigpu vf ', 'pveigpu assign 101 --mode s', 'pveigpu --ho', `pveigpu status --root ${folder}/ba`];
    writeFileSync(file, `${fishCompletion(paths)}\n${asked.map((line) => `complete -C '${line}'`).join('\n')}\n`);
    const run = spawnSync('fish', ['--no-config', file], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(
      expect.arrayContaining(['list', 'create', 'remove', 'sriov', '--host', bash]),
    );
  });
});
