// SPDX-License-Identifier: AGPL-3.0-or-later
import { nameAt, readShellWord, type ShellValue } from './shell-word.ts';

/** A file that a shell reads with `.`. */
export interface ShellFile {
  readonly path: string;
  readonly text: string;
}

/** One assignment as it was carried out. */
export interface ShellAssignment {
  readonly path: string;
  readonly name: string;
  /** Offset behind the equals sign. */
  readonly valueStart: number;
  /** Offset behind the value. */
  readonly end: number;
  /** As in the word: offset behind the quoted stretch with which the value ends. */
  readonly quotedEnd?: number;
  readonly value: ShellValue;
}

/** A place in a file, with the first line of what stands there. */
export interface ShellPlace {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** What is known after a shell has read some files one after the other. */
export interface ShellState {
  /** The value of a variable; an unset one is empty. */
  valueOf(name: string): ShellValue;
  readonly assignments: readonly ShellAssignment[];
  /** What is beyond this evaluator; from there to the end of the file every variable that is set is unknown. */
  readonly notUnderstood: readonly ShellPlace[];
  /** Where Debian's `/bin/sh -e` ends with an error. */
  readonly failures: readonly ShellPlace[];
}

const UNKNOWN: ShellValue = ['unknown'];
/** Words that can change a variable without naming it as `NAME=`, or end the file early. */
const FAR_REACHING =
  /\b(export|readonly)\b[^\n;=]*["'\\$`]|(^|[\s;&|({`!])(\.|source|eval|read|unset|local|getopts|exit|return|exec|set|alias|break|continue|trap|declare|typeset|printf\s+-v)(?=[\s;&|)}`]|$)/m;
/** Variables that the shell or grub-mkconfig has before any file is read; others that nobody set are empty. */
const FOREIGN =
  /^(?!GRUB_)(.*[a-z].*|PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_\w+|PWD|OLDPWD|IFS|PS\d|PPID|OPTIND|_|TZ|TMPDIR|HOSTNAME|ZFS_\w+|SYSTEMD_\w+)$/;

/**
 * Evaluates files of assignments as a POSIX shell does that reads them in this order (dash(1); grub-mkconfig is `#!/bin/sh -e`):
 * quotes, escapes, joined lines, variables, comments. Nothing is run; what it does not understand it says.
 */
export function evaluateShell(files: readonly ShellFile[]): ShellState {
  const evaluation = new Evaluation();
  for (const file of files) evaluation.readFile(file);
  return evaluation;
}

class Evaluation implements ShellState {
  readonly assignments: ShellAssignment[] = [];
  readonly notUnderstood: ShellPlace[] = [];
  readonly failures: ShellPlace[] = [];
  readonly #variables = new Map<string, ShellValue>();
  /** After something that may have set anything, what was not set since is unknown. */
  #anything = false;

  valueOf(name: string): ShellValue {
    return this.#variables.get(name) ?? (this.#anything || FOREIGN.test(name) ? UNKNOWN : []);
  }

  readFile(file: ShellFile): void {
    let at = 0;
    while (at < file.text.length) {
      const next = this.#statement(file, at);
      if (next === undefined) {
        this.#giveUp(file, at);
        return;
      }
      at = next;
    }
  }

  /** The offset behind the statement at `from`, undefined when it is not understood. */
  #statement(file: ShellFile, from: number): number | undefined {
    const { text } = file;
    const at = skip(/(?:[ \t]|\\\n)*/y, text, from);
    const character = text[at];
    if (character === undefined || character === '\n') return at + 1;
    if (character === ';') return undefined;
    if (character === '#') return skip(/[^\n]*/y, text, at);
    // A carriage return alone is the name of a program that nobody has.
    if (/^\r(?=\n|$)/.test(text.slice(at, at + 2))) {
      this.failures.push(placeOf(file, at));
      return at + 1;
    }
    const exported = skip(/export[ \t]+/y, text, at);
    if (exported > at) return this.#assignments(file, exported, true);
    const noop = skip(/(?::|true)(?=[ \t;\n]|$)[ \t]*/y, text, at);
    if (noop > at) return endOfStatement(text, noop);
    return this.#assignments(file, at, false);
  }

  /** One assignment or more on a line, with nothing behind them that would make them those of a command. */
  #assignments(file: ShellFile, from: number, isExport: boolean): number | undefined {
    const { text } = file;
    const done: ShellAssignment[] = [];
    // Of several assignments on a line dash expands all before it sets any; bash goes one by one.
    const lookUp = (variable: string) => (done.some(({ name }) => name === variable) ? UNKNOWN : this.valueOf(variable));
    for (let at = from; ; ) {
      const name = nameAt(text, at);
      const behind = at + (name?.length ?? 0);
      const appends = text.startsWith('+=', behind);
      const valueStart = behind + (appends ? 2 : 1);
      const isName = isExport && name !== undefined && (behind >= text.length || /[ \t\n;]/.test(text[behind] ?? ''));
      let end = behind;
      if (name !== undefined && (text[behind] === '=' || appends)) {
        const word = readShellWord(text, valueStart, lookUp);
        if (word === undefined || (isExport && word.bareExpansion)) return undefined;
        // bash appends; dash takes the whole for the name of a program and fails.
        if (appends) this.failures.push(placeOf(file, at));
        const value: ShellValue = appends ? [...lookUp(name), 'unknown'] : word.value;
        const { quotedEnd } = word;
        done.push({ path: file.path, name, valueStart, end: word.end, ...(quotedEnd === undefined ? {} : { quotedEnd }), value });
        end = word.end;
      } else if (!isName) return undefined;
      at = skip(/(?:[ \t]|\\\n)*/y, text, end);
      const finished = at >= text.length || text[at] === '\n' || (text[at] === ';' && text[at + 1] !== ';');
      if (finished || (text[at] === '#' && at > end)) {
        for (const assignment of done) this.#variables.set(assignment.name, assignment.value);
        this.assignments.push(...done);
        return finished ? at + 1 : at;
      }
      if (at === end) return undefined;
    }
  }

  #giveUp(file: ShellFile, from: number): void {
    const rest = file.text.slice(from);
    this.notUnderstood.push(placeOf(file, skip(/(?:[ \t]|\\\n)*/y, file.text, from)));
    if (FAR_REACHING.test(rest)) {
      this.#variables.clear();
      this.#anything = true;
    }
    for (const [, name = ''] of rest.matchAll(/([A-Za-z_][A-Za-z0-9_]*)\+?=/g)) this.#variables.set(name, UNKNOWN);
  }
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return from + (pattern.exec(text)?.[0].length ?? 0);
}

function endOfStatement(text: string, at: number): number | undefined {
  if (at >= text.length || text[at] === '\n') return at + 1;
  if (text[at] === ';' && text[at + 1] !== ';') return at + 1;
  return text[at] === '#' ? at : undefined;
}

function placeOf({ path, text }: ShellFile, at: number): ShellPlace {
  const line = text.slice(0, at).split('\n').length;
  return { path, line, text: text.split('\n')[line - 1] ?? '' };
}
