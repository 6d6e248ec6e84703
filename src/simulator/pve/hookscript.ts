// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseSnippetStorages } from '../../core/guest/storage-config.ts';
import { snippetPath } from '../../core/guest/volid.ts';
import type { Machine } from '../machine.ts';
import { Die, ENOENT } from './perl-die.ts';
import type { Session } from './session.ts';

/** The script of a hook's volume id; dies with PVE's message when it can't be run (GuestHelpers.pm `check_hookscript`). */
export function checkHookscript(machine: Machine, volid: string): string {
  const refuse = (text: string) => new Die(`${text}\n`, { exitCode: ENOENT });
  const storages = parseSnippetStorages(machine.tree.text('/etc/pve/storage.cfg') ?? '');
  const [, storage = '', name = ''] = /^([^:]+):(.*)$/.exec(volid) ?? [];
  const known = machine.tree.text('/etc/pve/storage.cfg') ?? '';
  if (!storages.some((one) => one.storage === storage) && !new RegExp(`^[a-z]+:\\s*${storage}\\s*$`, 'm').test(known))
    throw refuse(`storage '${storage}' does not exist`);
  const path = snippetPath(volid, storages);
  if (path === undefined) {
    if (/^(iso\/[^/]+\.(iso|img)|vztmpl\/[^/]+|backup\/[^/]+|\d+\/[^/]+)$/.test(name))
      throw refuse(`'${volid}' is not in the snippets directory`);
    throw refuse(`unable to parse directory volume name '${name}'`);
  }
  const node = machine.tree.get(path);
  if (node?.kind !== 'file') throw refuse(`script '${volid}' does not exist`);
  if ((node.mode & 0o111) === 0) throw refuse(`script '${volid}' is not executable`);
  return path;
}

const PATH = '/sbin:/bin:/usr/sbin:/usr/bin';

/** The environment that PVE gives a hook (recorded on PVE 9.2.11). `PVE_MIGRATED_FROM` exists in the two start phases. */
function hookEnv(caller: Session['caller'], phase: string): { readonly [name: string]: string } {
  const base = { LC_ALL: 'C', LVM_SUPPRESS_FD_WARNINGS: '1', PATH };
  const migrated = phase.endsWith('-start') ? { PVE_MIGRATED_FROM: '' } : {};
  if (caller === 'cli') return { HOME: '/root', LANG: 'C.UTF-8', ...base, ...migrated, PWD: '/root', TERM: 'dumb' };
  const daemon = { HOME: '/root', LANG: 'C.UTF-8', ...base, ...migrated, PWD: '/', SHLVL: '1', TERM: 'xterm' };
  return caller === 'api'
    ? { ...daemon, OLDPWD: '/', PVE_DAEMON_LOCK_FD: '4', PVE_DAEMON_SOCKET_85: '6' }
    : { ...daemon, _: '/usr/sbin/qmeventd' };
}

/**
 * Runs a guest's hook script for a phase (GuestHelpers.pm `exec_hookscript`). A failure dies before the start and is a
 * warning in every other phase; no time limit, as in PVE.
 */
export async function runHook(session: Session, volid: string | undefined, vmid: number, phase: string): Promise<void> {
  if (volid === undefined) return;
  const { machine } = session;
  try {
    const script = checkHookscript(machine, volid);
    const answer = await machine.hookRunner?.({ machine, script, vmid, phase, env: hookEnv(session.caller, phase) });
    if (answer === undefined) return;
    session.output.print(answer.stdout);
    session.output.warn(answer.stderr);
    if (answer.exitCode !== 0) throw new Die(`command '${script} ${vmid} ${phase}' failed: exit code ${answer.exitCode}\n`);
  } catch (error) {
    if (!(error instanceof Die)) throw error;
    const text = `hookscript error for ${vmid} on ${phase}: ${error.text}\n`;
    if (phase === 'pre-start') throw new Die(text);
    session.output.warn(text);
  }
}
