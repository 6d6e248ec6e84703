// SPDX-License-Identifier: AGPL-3.0-or-later
import { readVerdict } from '../../app/verdict.ts';
import { nextSteps } from '../../core/gpu/next-step.ts';
import type { MachineVerdict } from '../../core/gpu/verdict.ts';
import { verdictLines } from '../../core/gpu/verdict-text.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { gpuOf } from '../request.ts';
import { paint, type Tone } from '../style.ts';

const ANSWERS: { readonly [answer: string]: Tone } = { yes: 'good', no: 'bad', 'set-up': 'warn', unknown: 'warn' };

export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const all = await readVerdict(await call.context());
  const { gpu } = gpuOf(options);
  const verdict: MachineVerdict = gpu === undefined ? all : { ...all, gpus: all.gpus.filter(({ bdf }) => bdf === gpu) };
  if (gpu !== undefined && verdict.gpus.length === 0)
    return refuse(call, { code: 'gpu.none', message: `There is no GPU at ${gpu}.`, hint: 'pveigpu status lists them.' });
  if (options.json === true) io.out(`${JSON.stringify({ format: 1, kind: 'verdict', ...verdict }, null, 2)}\n`);
  else {
    io.out(
      `${verdictLines(verdict, { width: Math.min(io.columns, 110), evidence: options.evidence === true })
        .map((line) => coloured(io, line))
        .join('\n')}\n`,
    );
    for (const command of nextSteps(all, gpu)) io.out(`${paint(io, 'strong', 'next:')} ${command}\n`);
  }
  if (all.noGpu?.id === 'pci.unknown') return EXIT.notMeasured;
  return verdict.gpus.some(({ vendor }) => vendor === '8086') ? EXIT.done : EXIT.cannot;
}

function coloured(io: Io, line: string): string {
  const row = /^( {2}\S+ +)(yes|no|set-up|unknown)\b(.*)$/.exec(line);
  if (row !== null) return `${row[1]}${paint(io, ANSWERS[row[2] ?? ''] ?? 'plain', row[2] ?? '')}${row[3]}`;
  if (/^[0-9a-f]{4,}:/.test(line)) return paint(io, 'strong', line);
  return line.startsWith('recommended:') ? `${paint(io, 'strong', 'recommended:')}${line.slice(12)}` : line;
}
