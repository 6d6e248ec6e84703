// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ApiDifference, BuildFault } from './build-fault.ts';

type ApiFault = Extract<BuildFault, { readonly kind: 'api' }>;

/** gcc quotes names with typographic marks in a UTF-8 locale and with apostrophes in the C locale. */
const NAME = "[‘'`]([^’']+)[’']";

/** How gcc words each difference. The first group is the name; GCC 15 adds numbers after the name of a function. */
const WORDINGS: readonly (readonly [ApiDifference, RegExp])[] = [
  ['arguments', new RegExp(`^too (?:many|few) arguments to function ${NAME}`)],
  ['arguments', new RegExp(`^passing argument \\d+ of ${NAME} from incompatible`)],
  ['function', new RegExp(`^implicit declaration of function ${NAME}`)],
  ['member', new RegExp(`has no member named ${NAME}`)],
  ['declaration', new RegExp(`^(?:conflicting types for|redefinition of|static declaration of) ${NAME}`)],
  ['declaration', new RegExp(`^${NAME} undeclared`)],
  ['type', new RegExp(`^unknown type name ${NAME}`)],
  ['include', /^([\w./-]+\.h): No such file or directory$/],
];

const ERROR = /^(.+?):(\d+):(?:\d+:)? (?:fatal )?error: (.+)$/;
const DECLARED = /^(.+?):\d+:(?:\d+:)? note: (?:previous )?declar(?:ed|ation) (?:here|of)/;
const QUOTED_SOURCE = /^\s*\d+ \| ?\s*(.+?)\s*$/;

/** How many lines after an error gcc's notes on it are looked for. */
const NOTE_LINES = 12;

/** The differences between driver and kernel that a compiler names in a log, each name once, in the order of the log. */
export function compilerErrors(lines: readonly string[]): readonly ApiFault[] {
  const faults = new Map<string, ApiFault>();
  lines.forEach((line, at) => {
    const [, file = '', lineNumber = '', message = ''] = ERROR.exec(line) ?? [];
    for (const [difference, wording] of WORDINGS) {
      const symbol = wording.exec(message)?.[1];
      if (symbol === undefined) continue;
      const key = `${difference} ${symbol}`;
      const declared = declarationAfter(lines, at);
      const fault: ApiFault = {
        kind: 'api',
        difference,
        symbol,
        file,
        lineNumber: Number(lineNumber),
        ...(declared === undefined ? {} : { declared }),
        line: line.trim(),
      };
      if (!faults.has(key)) faults.set(key, fault);
      return;
    }
  });
  return [...faults.values()];
}

function declarationAfter(lines: readonly string[], error: number): ApiFault['declared'] {
  for (let at = error + 1; at < Math.min(lines.length, error + NOTE_LINES); at += 1) {
    const line = lines[at] ?? '';
    if (ERROR.test(line)) return undefined;
    const file = DECLARED.exec(line)?.[1];
    const prototype = file === undefined ? undefined : QUOTED_SOURCE.exec(lines[at + 1] ?? '')?.[1];
    if (file !== undefined && prototype !== undefined) return { file, prototype };
  }
  return undefined;
}
