// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BuildFault, BuildLog } from './build-fault.ts';
import { compilerErrors } from './compiler-error.ts';

type Plain = Exclude<BuildFault, { readonly kind: 'api' | 'other' }>;

/** A build can fail for one of these only; those that make all later messages meaningless stand first. */
const SIGNS: readonly (readonly [RegExp, (match: RegExpExecArray, line: string) => Plain])[] = [
  [/No space left on device/, (_match, line) => ({ kind: 'disk-full', line })],
  [
    // gcc's driver, ld and make each have their own words for a child that the kernel's OOM killer took
    /Killed signal terminated program|internal compiler error: Killed|virtual memory exhausted|out of memory allocating|Cannot allocate memory|terminated with signal 9|\bError 137\b|^make.*\bKilled$/,
    (_match, line) => ({ kind: 'out-of-memory', line }),
  ],
  [
    /\/lib\/modules\/\S+\/build: No such file or directory|No rule to make target '(?:modules|\S*\/lib\/modules\/\S+)'|kernel headers for (?:this )?kernel .*(?:cannot be found|(?:do|does) not seem to be installed)/,
    (_match, line) => ({ kind: 'headers-missing', line }),
  ],
  [/^\/bin\/sh: \d+: (\S+): not found/, (match, line) => ({ kind: 'tool-missing', tool: match[1] ?? '', line })],
  [
    /^make(?:\[\d+\])?: (\S*(?:gcc|cc|ld|strip|objcopy)\S*): No such file or directory/,
    (match, line) => ({ kind: 'tool-missing', tool: match[1] ?? '', line }),
  ],
  [/does not match this kernel\/arch/, (_match, line) => ({ kind: 'excluded', line })],
  [/^(?:Error! )?Application of patch (\S+) failed/, (match, line) => ({ kind: 'patch-failed', patch: match[1] ?? '', line })],
  [/^Hunk #\d+ FAILED at|^patch: \*{4}|^can't find file to patch/, (_match, line) => ({ kind: 'patch-failed', line })],
  [
    /unrecognized command[- ]line option [‘'`]([^’']+)[’']/,
    (match, line) => ({ kind: 'compiler-too-old', option: match[1] ?? '', line }),
  ],
  [/(\/\S+): Permission denied$/, (match, line) => ({ kind: 'not-executable', file: match[1] ?? '', line })],
  [
    /ERROR: modpost: "([^"]+)" \[([^\]]+)\] undefined/,
    (match, line) => ({ kind: 'unknown-symbol', symbol: match[1] ?? '', module: match[2] ?? '', line }),
  ],
  [/Failed to sign module|^- SSL error/, (_match, line) => ({ kind: 'signing', line })],
];

/** Place of each kind in the answer: what explains the others stands before them. */
const ORDER: readonly BuildFault['kind'][] = [
  'disk-full',
  'out-of-memory',
  'headers-missing',
  'tool-missing',
  'excluded',
  'patch-failed',
  'compiler-too-old',
  'api',
  'unknown-symbol',
  'not-executable',
  'signing',
  'other',
];

/** dkms 3.2 writes `NAME/VERSION` and its own version in brackets; until 3.0 it wrote `NAME-VERSION`. */
const HEADER = /^DKMS (?:\([^)]*\) )?make\.log for (\S+) for kernel (\S+)/m;
// A compiler may colour its messages; the escapes are no part of them.
const COLOUR = /\u001b\[[0-9;]*[mK]/g;
/** Enough for every cause; a log can repeat one error for each of a thousand files. */
const MOST_FAULTS = 20;

/** Reads dkms's `make.log`, or what `dkms build` printed: whose build it was and why it failed, the root cause first. */
export function parseMakeLog(text: string): BuildLog {
  const lines = text.replace(COLOUR, '').split(/\r?\n/);
  const plain = new Map<string, BuildFault>();
  for (const line of lines) {
    for (const [sign, fault] of SIGNS) {
      const match = sign.exec(line);
      if (match === null) continue;
      const found = fault(match, line.trim());
      const key = `${found.kind} ${'symbol' in found ? found.symbol : 'tool' in found ? found.tool : ''}`;
      if (!plain.has(key)) plain.set(key, found);
      break;
    }
  }
  const found = [...plain.values(), ...compilerErrors(lines)];
  const faults = found.length === 0 ? lastError(lines) : sorted(found);
  return { ...headerOf(text), faults: faults.slice(0, MOST_FAULTS) };
}

function sorted(faults: readonly BuildFault[]): readonly BuildFault[] {
  return [...faults].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** The first error that nobody here knows; make's own `***` lines only when there is no other. */
function lastError(lines: readonly string[]): readonly BuildFault[] {
  const line = lines.find((candidate) => /\berror:/i.test(candidate)) ?? lines.find((candidate) => candidate.includes('***'));
  return line === undefined ? [] : [{ kind: 'other', line: line.trim() }];
}

function headerOf(text: string): Omit<BuildLog, 'faults'> {
  const [, whole, kernel] = HEADER.exec(text) ?? [];
  const [, name, version] = /^(.+?)[/-](\d.*)$/.exec(whole ?? '') ?? [];
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}
