// SPDX-License-Identifier: AGPL-3.0-or-later
import { checkDriver } from '../../app/driver-check.ts';
import type { DriverCheckView } from '../../core/driver/driver-check-view.ts';
import { visible } from '../../core/text/visible.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { paint, type Tone } from '../style.ts';

export async function run(call: Call): Promise<number> {
  if (call.options.afterDpkg === true) return await afterDpkg(call);
  const checked = await checkDriver(await call.context());
  if (!checked.ok) return refuse(call, checked.problem);
  const { io, options } = call;
  const view = checked.value;
  if (options.json === true) io.out(`${JSON.stringify({ kind: 'driver-check', ...view }, null, 2)}\n`);
  else print(io, view);
  if (view.findings.some(({ level }) => level === 'wrong')) return EXIT.failed;
  return view.unknown.length === 0 ? EXIT.done : EXIT.notMeasured;
}

/** Never fails: it runs at the end of an upgrade, which is done whatever we find. */
async function afterDpkg({ io, context }: Call): Promise<number> {
  try {
    const { noticeKernels } = await import('../../app/driver-notice.ts');
    for (const line of await noticeKernels(await context())) io.out(`pveigpu: ${visible(line)}\n`);
  } catch (error) {
    io.err(`pveigpu: a fault in pveigpu itself: ${visible(error instanceof Error ? error.message : String(error), 300)}\n`);
  }
  return EXIT.done;
}

const TONES: { readonly [level: string]: Tone } = { good: 'good', wrong: 'bad', unknown: 'warn' };

function print(io: Io, { findings, unknown }: DriverCheckView): void {
  if (findings.length === 0) io.out('No GPU of this node has or shall have VFs, so nothing rests on a driver.\n');
  for (const { level, text, hint, evidence } of findings) {
    io.out(`${paint(io, TONES[level] ?? 'plain', level.padEnd(7))} ${visible(text)}\n`);
    if (level !== 'good') for (const line of evidence) io.out(`          ${visible(line, 300)}\n`);
    if (hint !== undefined && level !== 'good') io.out(`        ${visible(hint)}\n`);
  }
  for (const line of unknown) io.err(`${paint(io, 'warn', 'could not be read:')} ${visible(line)}\n`);
}
