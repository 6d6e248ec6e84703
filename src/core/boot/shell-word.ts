// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * A piece of a shell value: text, with the offset of its first character where it stands in the file as such (null when it came
 * out of a variable), or something that only a shell could tell (the output of a command).
 */
export type ShellPart = { readonly text: string; readonly at: number | null } | 'unknown';

/** A value as a shell would have it, in pieces. */
export type ShellValue = readonly ShellPart[];

export interface ShellWord {
  readonly value: ShellValue;
  /** Offset behind the word. */
  readonly end: number;
  /** Whether a variable or a command stands in it outside of quotes. */
  readonly bareExpansion: boolean;
  /** Offset behind the last quoted stretch that has something in it, when nothing but a carriage return follows. */
  readonly quotedEnd?: number;
}

/** The value as text; undefined when a part of it is unknown. */
export function shellText(value: ShellValue): string | undefined {
  let text = '';
  for (const part of value) {
    if (part === 'unknown') return undefined;
    text += part.text;
  }
  return text;
}

const END_OF_WORD = /[ \t\n;&|<>()]/;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * Reads one word of a POSIX shell (dash(1), "Quoting", "Expansions") from an offset on, as the value of an assignment, so without
 * splitting and globbing. Undefined for what is not understood: unterminated quotes, forms in which shells differ.
 */
export function readShellWord(text: string, from: number, variable: (name: string) => ShellValue): ShellWord | undefined {
  const reader = new WordReader(text, from, variable);
  if (!reader.read()) return undefined;
  const { parts: value, at: end, bareExpansion, quotedEnd } = reader;
  const isLast = quotedEnd !== undefined && /^\r?$/.test(text.slice(quotedEnd, end));
  return { value, end, bareExpansion, ...(isLast ? { quotedEnd } : {}) };
}

class WordReader {
  readonly parts: ShellPart[] = [];
  at: number;
  bareExpansion = false;
  quotedEnd: number | undefined;
  readonly #text: string;
  readonly #variable: (name: string) => ShellValue;
  readonly #from: number;

  constructor(text: string, from: number, variable: (name: string) => ShellValue) {
    this.#text = text;
    this.#from = from;
    this.#variable = variable;
    this.at = from;
  }

  read(): boolean {
    for (;;) {
      const character = this.#text[this.at];
      if (character === undefined || END_OF_WORD.test(character)) return true;
      if (!this.#next(character)) return false;
    }
  }

  #next(character: string): boolean {
    switch (character) {
      case "'":
        return this.#single();
      case '"':
        return this.#double();
      case '\\':
        return this.#escape(/[\s\S]/);
      case '$':
      case '`':
        this.bareExpansion = true;
        return this.#expansion(false);
      case '~':
        // A home directory at the start of a value or behind a colon; elsewhere a character like any other.
        if (this.at === this.#from || this.#text[this.at - 1] === ':') this.parts.push('unknown');
        else this.#literal(character);
        this.at += 1;
        return true;
      default:
        this.#literal(character);
        this.at += 1;
        return true;
    }
  }

  #single(): boolean {
    const end = this.#text.indexOf("'", this.at + 1);
    if (end < 0) return false;
    if (end > this.at + 1) {
      this.parts.push({ text: this.#text.slice(this.at + 1, end), at: this.at + 1 });
      this.quotedEnd = end + 1;
    }
    this.at = end + 1;
    return true;
  }

  #double(): boolean {
    const first = this.at + 1;
    this.at = first;
    for (;;) {
      const character = this.#text[this.at];
      if (character === undefined) return false;
      if (character === '"') {
        this.at += 1;
        if (this.at > first + 1) this.quotedEnd = this.at;
        return true;
      }
      if (character === '\\' && /[$`"\\\n]/.test(this.#text[this.at + 1] ?? '')) {
        if (!this.#escape(/[\s\S]/)) return false;
      } else if (character === '$' || character === '`') {
        if (!this.#expansion(true)) return false;
      } else {
        this.#literal(character);
        this.at += 1;
      }
    }
  }

  /** A backslash: before a line's end both go, else the character behind it stands for itself. */
  #escape(allowed: RegExp): boolean {
    const character = this.#text[this.at + 1];
    if (character === undefined || !allowed.test(character)) return false;
    this.at += 1;
    if (character !== '\n') this.#literal(character);
    this.at += 1;
    return true;
  }

  #expansion(quoted: boolean): boolean {
    if (this.#text[this.at] === '`') return this.#unknownUntil(closingBacktick(this.#text, this.at + 1));
    const next = this.#text[this.at + 1] ?? '';
    if (next === '(') return this.#unknownUntil(closingParenthesis(this.#text, this.at + 2));
    if (next === '{') return this.#braces();
    if (/[0-9@*#?$!-]/.test(next)) return this.#unknownUntil(this.at + 2);
    // Shells differ in what $'...' and $"..." are.
    if (!quoted && (next === "'" || next === '"')) return false;
    const name = nameAt(this.#text, this.at + 1);
    // dash joins lines even within a name, bash does not.
    if (this.#text.startsWith('\\\n', this.at + 1 + (name?.length ?? 0))) return false;
    if (name === undefined) {
      this.#literal('$');
      this.at += 1;
      return true;
    }
    this.#value(name);
    this.at += 1 + name.length;
    return true;
  }

  #braces(): boolean {
    const name = nameAt(this.#text, this.at + 2);
    if (name === undefined) return false;
    const behind = this.at + 2 + name.length;
    if (this.#text[behind] === '}') {
      this.#value(name);
      this.at = behind + 1;
      return true;
    }
    // Defaults and cut-off ends change nothing; `=` would assign and `?` would end the shell.
    const form = /^(?::?[-+]|%%?|##?)[^{}$`'"\\]*\}/.exec(this.#text.slice(behind));
    return form === null ? false : this.#unknownUntil(behind + form[0].length);
  }

  #value(name: string): void {
    for (const part of this.#variable(name)) this.parts.push(part === 'unknown' ? part : { text: part.text, at: null });
  }

  #unknownUntil(end: number | undefined): boolean {
    if (end === undefined) return false;
    this.parts.push('unknown');
    this.at = end;
    return true;
  }

  #literal(character: string): void {
    const last = this.parts.at(-1);
    if (last !== undefined && last !== 'unknown' && last.at !== null && last.at + last.text.length === this.at)
      this.parts[this.parts.length - 1] = { text: last.text + character, at: last.at };
    else this.parts.push({ text: character, at: this.at });
  }
}

/** The variable name that stands at an offset. */
export function nameAt(text: string, at: number): string | undefined {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0];
}

function closingBacktick(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`') return at + 1;
  }
  return undefined;
}

/** Behind the parenthesis that closes; undefined where quotes in it or a `case` make that a guess. */
function closingParenthesis(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return undefined;
      at = end;
    } else if (character === '\\') at += 1;
    else if (character === '#' || character === '`') return undefined;
    else if (character === '"') {
      const end = /^(?:[^"\\$`]|\\[\s\S]|\$(?!\())*"/.exec(text.slice(at + 1));
      if (end === null) return undefined;
      at += end[0].length;
    } else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return /\bcase\b/.test(text.slice(from, at)) ? undefined : at + 1;
    }
  }
  return undefined;
}
