// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';

/** Values of variables after Debian's shell has read texts one after the other as files; throws where the shell fails. */
export function inRealShell(script: string, variables: readonly string[], cwd = '/'): readonly string[] {
  const print = `printf '%s\\0' ${variables.map((name) => `"$${name}"`).join(' ')}`;
  const out = execFileSync('sh', ['-e', '-c', `${script}\n${print}`], {
    cwd,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return out.toString('utf8').split('\0').slice(0, variables.length);
}
