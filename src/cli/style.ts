// SPDX-License-Identifier: AGPL-3.0-or-later
import { styleText } from 'node:util';
import type { Io } from './io.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'plain' | 'added' | 'removed' | 'accent';

const STYLES: { readonly [K in Exclude<Tone, 'plain'>]: Parameters<typeof styleText>[0] } = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  dim: 'dim',
  strong: 'bold',
  added: 'green',
  removed: 'red',
  accent: 'cyan',
};

/** A text in a tone, where colour may be used; else the text itself. */
export function paint(io: Pick<Io, 'colour'>, tone: Tone, text: string): string {
  // validateStream would look at the process's own streams; the decision is the Io's alone
  return io.colour && tone !== 'plain' ? styleText(STYLES[tone], text, { validateStream: false }) : text;
}
