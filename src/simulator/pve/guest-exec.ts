// SPDX-License-Identifier: AGPL-3.0-or-later

import type { RunOptions } from '../../ports/host.ts';
import { type GuestAnswer, type GuestSystem, guestSystem, putGuestSystem, runInGuest } from '../guests/guest-system.ts';
import { debianGuest } from '../guests/usual-guests.ts';
import { parameterRule, routeOf } from './api-schema.ts';
import type { Command } from './cli.ts';
import { containerFile } from './container-root.ts';
import { readConf, runningPid } from './guest-state.ts';
import { isLxcRunning, lxcConfig } from './lxc-config.ts';
import { Die } from './perl-die.ts';
import type { Session } from './session.ts';
import type { ValueRule } from './value-check.ts';

const VMID: ValueRule = parameterRule(routeOf('GET', '/nodes/{node}/qemu/{vmid}/config'), 'vmid') ?? { type: 'integer' };
/** Process id of the first program that an agent starts. */
const FIRST_PID = 1200;

/** The words before `--` and those after it, which PVE calls extra-args. */
function splitArgs(args: readonly string[]): { readonly before: readonly string[]; readonly extra: readonly string[] } {
  const at = args.indexOf('--');
  return at < 0 ? { before: args, extra: [] } : { before: args.slice(0, at), extra: args.slice(at + 1) };
}

/** `qm guest exec`, `qm guest cmd` and `qm agent` (qemu-server CLI/qm.pm and QemuServer/Agent.pm); undefined for another command. */
export function qmGuestCommand(
  args: readonly string[],
  options: RunOptions,
): { readonly command: Command; readonly args: readonly string[] } | undefined {
  const [word, verb, ...rest] = args;
  if (word === 'agent') return { command: agentCommand(), args: args.slice(1) };
  if (word === 'guest' && verb === 'cmd') return { command: agentCommand(), args: rest };
  if (word !== 'guest' || verb !== 'exec') return undefined;
  const { before, extra } = splitArgs(rest);
  return { command: execCommand(extra, options.stdin ?? ''), args: before };
}

function command(
  usage: string,
  fixed: readonly string[],
  rules: { readonly [name: string]: ValueRule },
  run: Command['run'],
): Command {
  return { usage, fixed, names: Object.keys(rules), rule: (name) => (Object.hasOwn(rules, name) ? rules[name] : undefined), run };
}

function agentCommand(): Command {
  return command(
    'qm guest cmd <vmid> <command>',
    ['vmid', 'command'],
    { vmid: VMID, command: { type: 'string' } },
    async (session, parameters) => {
      const system = agentOf(session, Number(parameters.get('vmid')));
      if (parameters.get('command') !== 'ping') throw new Error(`the simulated agent does not know ${parameters.get('command')}`);
      if (system.agent === 'silent') throw new Die('QEMU guest agent is not running\n');
      return '';
    },
  );
}

function execCommand(extra: readonly string[], stdin: string): Command {
  const rules: { readonly [name: string]: ValueRule } = {
    vmid: VMID,
    timeout: { type: 'integer', min: 0 },
    synchronous: { type: 'boolean' },
    'pass-stdin': { type: 'boolean' },
  };
  return command('qm guest exec <vmid> [<extra-args>] [OPTIONS]', ['vmid'], rules, async (session, parameters) => {
    const vmid = Number(parameters.get('vmid'));
    const system = agentOf(session, vmid);
    if (extra.length === 0) throw new Die('command or input-data (or both) required\n');
    const answer = exec(vmid, system, extra, parameters.get('pass-stdin') === '1' ? stdin : '');
    if (answer !== 'hangs') return agentJson(answer);
    session.warn('timeout reached, returning pid\n');
    return `{\n   "pid" : ${FIRST_PID + system.ran.length}\n}\n`;
  });
}

/** The system behind a VM's agent, after the checks that PVE makes in this order (Agent.pm assert_agent_available). */
function agentOf(session: Session, vmid: number): GuestSystem {
  const { machine } = session;
  const { model } = session.loadVm(vmid);
  const agent = model.current.values.get('agent');
  if (agent === undefined) throw new Die('No QEMU guest agent configured\n');
  if (runningPid(machine, vmid) === undefined) throw new Die(`VM ${vmid} is not running\n`);
  // Without the device of the agent there is no socket to ping.
  if (!/^(enabled=)?(1|on|yes|true)\b/i.test(agent)) throw new Die('QEMU guest agent is not running\n');
  const known = guestSystem(machine, vmid) ?? usual(session, vmid, model.current.values.get('ostype'));
  if (known === undefined || known.agent === 'silent') throw new Die('QEMU guest agent is not running\n');
  return known;
}

function usual({ machine }: Session, vmid: number, ostype: string | undefined): GuestSystem | undefined {
  if (ostype !== 'l26') return undefined;
  const system = debianGuest();
  putGuestSystem(machine, vmid, system);
  return system;
}

function exec(vmid: number, system: GuestSystem, argv: readonly string[], stdin: string): GuestAnswer | 'hangs' {
  if (system.agent === 'slow') throw new Die(`VM ${vmid} qga command 'guest-exec' failed - got timeout\n`);
  if (system.agent === 'forbids') throw new Die('Agent error: Command guest-exec has been disabled\n');
  const answer = runInGuest(system, argv, stdin);
  // A script may have let the agent die under the program: the next look at it finds nobody.
  if ((system.agent as string) === 'silent') throw new Die('QEMU guest agent is not running\n');
  if (answer !== undefined) return answer;
  // As of QEMU 9.1, which the guests of PVE 9 have; before, "Guest agent command failed, error was" stood in front (qga/commands.c).
  throw new Die(`Agent error: Failed to execute child process “${argv[0]}” (No such file or directory)\n`);
}

/** JSON as `to_json` prints it with pretty, canonical and utf8 on bytes: sorted, three blanks, each byte a character. */
function agentJson({ exitCode, out = '', err = '' }: GuestAnswer): string {
  const fields: [string, number | string][] = [];
  if (err !== '') fields.push(['err-data', bytesAsText(err)]);
  fields.push(['exitcode', exitCode], ['exited', 1]);
  if (out !== '') fields.push(['out-data', bytesAsText(out)]);
  return `{\n${fields.map(([key, value]) => `   "${key}" : ${JSON.stringify(value)}`).join(',\n')}\n}\n`;
}

function bytesAsText(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join('');
}

/** `pct exec` (pve-container CLI/pct.pm): becomes lxc-attach, so output and exit code are the program's. */
export function pctExecCommand(
  args: readonly string[],
  options: RunOptions,
): { readonly command: Command; readonly args: readonly string[] } | undefined {
  if (args[0] !== 'exec') return undefined;
  const { before, extra } = splitArgs(args.slice(1));
  const rules: { readonly [name: string]: ValueRule } = { vmid: VMID, 'keep-env': { type: 'boolean' } };
  const run: Command['run'] = async (session, parameters) => {
    const { machine } = session;
    const ctid = Number(parameters.get('vmid'));
    readConf(machine, ctid, 'lxc');
    if (!isLxcRunning(machine, ctid)) throw new Die(`container '${ctid}' not running!\n`);
    if (extra.length === 0) throw new Die('missing command\n');
    const [program, path = ''] = extra;
    const file = program === 'cat' && extra.length === 2 ? containerFile(machine, ctid, path) : undefined;
    const system = guestSystem(machine, ctid) ?? container(session, ctid);
    const inside = system === undefined ? undefined : runInGuest(system, extra, options.stdin ?? '');
    const answer = file === undefined ? inside : { exitCode: 0, out: file };
    if (answer === 'hangs') throw new Error('a simulated program in a container cannot hang');
    if (answer === undefined) {
      const why = 'No such file or directory - Failed to exec';
      throw new Die(`lxc-attach: ${ctid}: ../src/lxc/attach.c: lxc_attach_run_command: 1841 ${why} "${extra[0]}"\n`, {
        exitCode: 127,
      });
    }
    session.output.print(answer.out ?? '');
    session.warn(answer.err ?? '');
    if (answer.exitCode !== 0) throw new Ended(answer.exitCode);
    return '';
  };
  return { command: command('pct exec <vmid> [<extra-args>] [OPTIONS]', ['vmid'], rules, run), args: before };
}

/** The attached program has ended by itself: nothing more is said. */
class Ended extends Die {
  override readonly text = '';

  constructor(exitCode: number) {
    super('', { exitCode });
  }
}

/** A Debian container, with the nodes of /dev/dri that its configuration shares. */
function container(session: Session, ctid: number): GuestSystem | undefined {
  const { machine } = session;
  const { ostype, ...config } = lxcConfig(machine, ctid);
  if (ostype !== 'debian') return undefined;
  const shared = Object.entries(config).find(
    ([key, value]) => /^dev\d+$/.test(key) && String(value).includes('/dev/dri/renderD'),
  );
  const renderGid = Number(/gid=(\d+)/.exec(String(shared?.[1]))?.[1] ?? 0);
  const system = debianGuest({
    kernel: machine.profile.kernelRelease,
    ...(shared === undefined ? {} : { gpu: { driver: 'i915', renderGid } }),
  });
  putGuestSystem(machine, ctid, system);
  return system;
}
