// SPDX-License-Identifier: AGPL-3.0-or-later

/** The preprocessor condition around a line of C, with the number (from 1) of the line that opens it. */
export interface Guard {
  readonly condition: string;
  readonly lineNumber: number;
}

/** The innermost `#if`, `#elif` or `#else` that decides whether a line (from 1) is compiled; undefined outside of any. */
export function guardAround(source: string, lineNumber: number): Guard | undefined {
  const open: Guard[] = [];
  const lines = source.split(/\r?\n/);
  for (let at = 0; at < Math.min(lines.length, lineNumber - 1); at += 1) {
    const [, directive = '', rest = ''] = /^\s*#\s*(ifdef|ifndef|if|elif|else|endif)\b\s*(.*)$/.exec(lines[at] ?? '') ?? [];
    const here = { condition: `#${directive} ${rest}`.trim(), lineNumber: at + 1 };
    if (directive.startsWith('if')) open.push(here);
    else if (directive === 'elif') open.splice(-1, 1, here);
    else if (directive === 'else') {
      const begun = open.pop();
      open.push({ ...here, condition: `#else of ${begun?.condition ?? '#if'}` });
    } else if (directive === 'endif') open.pop();
  }
  // A header's own include guard decides nothing.
  return open.filter(({ condition }) => !/^#ifndef \w+_H_*$/.test(condition)).pop();
}

/** The declaration of a function in a header as one line without its semicolon; undefined when it is not declared there. */
export function prototypeOf(header: string, name: string): string | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  const text = header.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/\/\/.*$/gm, ' ');
  const declaration = new RegExp(
    `^[ \\t]*((?:[A-Za-z_][\\w]*[ \\t\\n*]+)+${name}[ \\t\\n]*\\([^;{}]{0,600}\\))[^;{}]{0,80}[;{]`,
    'm',
  );
  return declaration.exec(text)?.[1]?.replace(/\s+/g, ' ').trim();
}
