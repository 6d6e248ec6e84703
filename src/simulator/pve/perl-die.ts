// SPDX-License-Identifier: AGPL-3.0-or-later

/** Exit status when no errno is set: Perl's `die` ends with errno, else 255. */
export const EXIT_DIE = 255;
export const ENOENT = 2;
export const EINTR = 4;
export const EINVAL = 22;
export const ENOTTY = 25;

/**
 * A Perl `die` inside the simulated Proxmox VE. It is thrown, because the order of what happens before and after it
 * (evals, cleanups, worker tasks) is part of what is simulated; programs turn it into an exit status.
 */
export class Die extends Error {
  /** The message with its line ends, as Perl has it. */
  readonly text: string;
  readonly exitCode: number;
  readonly httpStatus: number;
  /** Messages by parameter, when PVE raises a parameter exception. */
  readonly parameters: { readonly [name: string]: string } | undefined;

  constructor(
    text: string,
    more: { exitCode?: number; httpStatus?: number; parameters?: { readonly [name: string]: string } } = {},
  ) {
    super(text.trimEnd());
    this.text = text.endsWith('\n') ? text : `${text}\n`;
    this.exitCode = more.exitCode ?? EXIT_DIE;
    this.httpStatus = more.httpStatus ?? 500;
    this.parameters = more.parameters;
  }
}

/** PVE's parameter exception: HTTP 400 with one message per parameter. */
export function parameterDie(parameters: { readonly [name: string]: string }, exitCode = EXIT_DIE): Die {
  return new Die('Parameter verification failed.\n', { exitCode, httpStatus: 400, parameters });
}

/** The text that a command line program prints for an exception (PVE::CLIHandler, PVE::Exception `stringify`). */
export function cliText(error: Die, usage: string): string {
  if (error.parameters === undefined) return error.text;
  const lines = Object.entries(error.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return `400 Parameter verification failed.\n${lines.map(([name, text]) => `${name}: ${text}\n`).join('')}${usage}\n`;
}
