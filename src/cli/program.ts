// SPDX-License-Identifier: AGPL-3.0-or-later
import { Command, CommanderError } from 'commander';
import type { Context } from '../app/context.ts';
import type { ArgumentSpec, CommandSpec, Options } from './command.ts';
import { effectiveOptions, GLOBAL_OPTIONS } from './effective-options.ts';
import { EXIT } from './exit-code.ts';
import type { Io } from './io.ts';
import { Failure, printFailure } from './print-problem.ts';
import { usageProblem } from './usage-problem.ts';

/** How a face gets the machine that `--host` and `--root` name. */
export type OpenMachine = (where: { readonly host?: string; readonly root?: string }, io: Io) => Promise<Context>;

/**
 * Runs one command line (without `node` and the script) and answers the exit code. Only the module of the command that
 * was called is loaded.
 */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly CommandSpec[],
  io: Io,
  open: OpenMachine,
  version: string,
): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = new Command('pveigpu')
    .description('One Intel GPU for the guests of a Proxmox VE node.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(io.columns, 100) })
    .exitOverride();
  for (const option of GLOBAL_OPTIONS) program.option(option.flags, option.description);
  const json = argv.includes('--json');
  // What the parser says of a wrong command line is said by us, in our form; what is left is the help that was not asked for.
  program.configureOutput({
    writeOut: (text) => io.out(text),
    writeErr: (text) => json || io.err(text),
    outputError: () => undefined,
  });
  const run = (spec: CommandSpec) => async (args: readonly string[], options: Options) => {
    const module = await spec.load?.();
    if (module === undefined) throw new Error(`${spec.name} has no module`);
    let machine: Promise<Context> | undefined;
    const context = () => {
      machine ??= open(whereOf(options), io);
      return machine;
    };
    exitCode = await module.run({ args, options, argv, io, context });
  };
  for (const spec of commands) addCommand(program, spec, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) return printFailure(io, error, json);
    if (error.exitCode === 0) return EXIT.done;
    const problem = usageProblem(error, argv, commands);
    return json || error.code !== 'commander.help' ? printFailure(io, new Failure(problem), json) : EXIT.usage;
  }
  return exitCode;
}

type Run = (spec: CommandSpec) => (args: readonly string[], options: Options) => Promise<void>;

function addCommand(parent: Command, spec: CommandSpec, run: Run): void {
  const command = parent
    .command(spec.name, { hidden: spec.hidden === true })
    .summary(spec.summary)
    .description(descriptionOf(spec));
  for (const argument of spec.arguments ?? []) command.argument(argumentFlags(argument), argument.description);
  for (const option of effectiveOptions(spec)) command.option(option.flags, option.description);
  command.addHelpText('after', `\nExamples:\n${spec.examples.map(({ line, does }) => `  ${line}\n      ${does}`).join('\n')}`);
  if (spec.sub !== undefined) {
    for (const sub of spec.sub) addCommand(command, sub, run);
    return;
  }
  command.action(async (...call: unknown[]) => {
    const own = call.at(-1) as Command;
    await run(spec)(own.args, own.optsWithGlobals() as Options);
  });
}

function descriptionOf(spec: CommandSpec): string {
  const sentence = `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.`;
  return spec.details === undefined ? sentence : `${sentence}\n\n${spec.details}`;
}

function argumentFlags(argument: ArgumentSpec): string {
  return argument.optional === true ? `[${argument.name}]` : `<${argument.name}>`;
}

function whereOf(options: Options): { host?: string; root?: string } {
  return {
    ...(typeof options.host === 'string' ? { host: options.host } : {}),
    ...(typeof options.root === 'string' ? { root: options.root } : {}),
  };
}
