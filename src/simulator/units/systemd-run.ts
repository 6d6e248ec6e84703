// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine, Program } from '../machine.ts';
import { UnknownCall } from '../programs/table.ts';
import type { Units } from './units.ts';

/** `systemd-run --unit=NAME --collect --no-block [--quiet] [-p StandardOutput=append:FILE] -- PROGRAM ...`: a transient unit. */
export function systemdRun(units: Units): Program {
  return async (machine, argv) => {
    const call = parse(argv);
    const runner = units.runners.transient;
    if (runner === undefined) {
      const stderr = 'Failed to connect to system scope bus via local transport: No such file or directory\n';
      return { exitCode: 1, stdout: '', stderr };
    }
    if (units.state(call.unit) !== 'inactive') {
      const stderr = `Failed to start transient service unit: Unit ${call.unit} was already loaded or has a fragment file.\n`;
      return { exitCode: 1, stdout: '', stderr };
    }
    const say = (line: string) => {
      if (call.log === undefined) units.journal.say(call.unit, line);
      else append(machine, call.log, `${line}\n`);
    };
    units.startTransient(call.unit, async () => (await runner({ machine, unit: call.unit, argv: call.program, say })) ?? 203);
    return { exitCode: 0, stdout: '', stderr: call.quiet ? '' : `Running as unit: ${call.unit}\n` };
  };
}

function append({ tree }: Machine, path: string, text: string): void {
  const node = tree.get(path);
  tree.setFile(path, (tree.text(path) ?? '') + text, node?.kind === 'file' ? { mode: node.mode } : {});
}

interface Call {
  readonly unit: string;
  readonly quiet: boolean;
  /** The file that both outputs are appended to. */
  readonly log: string | undefined;
  readonly program: readonly string[];
}

function parse(argv: readonly string[]): Call {
  const end = argv.indexOf('--');
  if (end < 0 || end === argv.length - 1) throw new UnknownCall(argv);
  let [unit, quiet, log]: [string, boolean, string | undefined] = ['', false, undefined];
  const flags = new Set<string>();
  for (let at = 1; at < end; at += 1) {
    const [name = '', ...rest] = (argv[at] ?? '').split('=');
    const takesNext = ['--unit', '-p', '--property', '--description'].includes(name) && rest.length === 0;
    const value = takesNext ? (argv[at + 1] ?? '') : rest.join('=');
    if (takesNext) at += 1;
    if (name === '--unit') unit = /\.service$/.test(value) ? value : `${value}.service`;
    else if (name === '-p' || name === '--property') log = /^Standard(?:Output|Error)=append:(.*)$/.exec(value)?.[1] ?? log;
    else if (name === '--quiet') quiet = true;
    else if (name === '--collect' || name === '--no-block' || name === '--description') flags.add(name);
    else throw new UnknownCall(argv);
  }
  if (unit === '' || !flags.has('--no-block') || !flags.has('--collect')) throw new UnknownCall(argv);
  return { unit, quiet, log, program: argv.slice(end + 1) };
}
