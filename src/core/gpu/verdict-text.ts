// SPDX-License-Identifier: AGPL-3.0-or-later
import { visible } from '../text/visible.ts';
import { SHOW_GPU } from './missing-gpu.ts';
import type { GpuVerdict, MachineVerdict, ModeVerdict, Reason } from './verdict.ts';

export interface VerdictTextOptions {
  /** Columns of the output; longer lines are wrapped at spaces. Default 100, at least 60. */
  readonly width?: number;
  /** Show what each reason rests on. */
  readonly evidence?: boolean;
}

/** Columns before the text: mode and answer. */
const INDENT = ' '.repeat(18);
const HEADER = '  MODE    ANSWER  WHY';

/** A verdict as lines for people. Values of the machine are made visible. */
export function verdictLines(verdict: MachineVerdict, options: VerdictTextOptions = {}): readonly string[] {
  const lines = verdict.gpus.flatMap((gpu, i) => [...(i > 0 ? [''] : []), ...gpuLines(gpu, options)]);
  if (verdict.noGpu !== undefined) {
    if (lines.length > 0) lines.push('');
    lines.push(...wrapped('', verdict.noGpu.text, options), ...evidenceLines(verdict.noGpu, '  ', options));
    if (verdict.noGpu.id === 'gpu.off-in-firmware') lines.push(...wrapped('  -> ', SHOW_GPU, options));
  }
  if (verdict.remarks.length > 0) lines.push('');
  for (const remark of verdict.remarks)
    lines.push(...wrapped('note: ', remark.text, options), ...evidenceLines(remark, '      ', options));
  return lines;
}

function gpuLines(gpu: GpuVerdict, options: VerdictTextOptions): readonly string[] {
  const platform = gpu.platform === null ? '' : `, ${gpu.platform}`;
  const driver = gpu.driver === null ? 'no driver' : `driver ${visible(gpu.driver, 40)}`;
  const head = `${gpu.bdf}  ${visible(gpu.name)}  [${gpu.vendor}:${gpu.device}${platform}]  ${driver}`;
  const table = gpu.modes.flatMap((mode) => modeLines(mode, options));
  return [
    head,
    '',
    HEADER,
    ...table,
    '',
    ...wrapped('recommended: ', `${gpu.recommended}${backend(gpu)} - ${gpu.recommendedBecause}`, options),
  ];
}

function backend(gpu: GpuVerdict): string {
  const mode = gpu.modes.find((verdict) => verdict.mode === gpu.recommended);
  if (mode?.backend === undefined) return '';
  return ` with ${mode.backend === 'xe' ? "the kernel's xe" : mode.backend}${mode.young === true ? ' (young)' : ''}`;
}

function modeLines(mode: ModeVerdict, options: VerdictTextOptions): readonly string[] {
  const answer = mode.readiness === 'setup' ? 'set-up' : mode.answer;
  const first = `  ${mode.mode.padEnd(7)} ${answer.padEnd(7)}`.padEnd(INDENT.length);
  const lines: string[] = [];
  for (const item of mode.reasons) {
    lines.push(
      ...wrapped(lines.length === 0 ? first : INDENT, item.text, options),
      ...evidenceLines(item, `${INDENT}  `, options),
    );
  }
  for (const need of mode.needs) lines.push(...wrapped(`${INDENT}-> `, need, options));
  return lines.length > 0 ? lines : [first.trimEnd()];
}

function evidenceLines(item: Reason, indent: string, options: VerdictTextOptions): readonly string[] {
  if (options.evidence !== true) return [];
  return item.evidence.map(({ source, value }) => `${indent}${visible(source)}: ${visible(value, 300)}`);
}

/** The text after a first prefix, wrapped with the following lines indented as deep. */
function wrapped(prefix: string, text: string, { width = 100 }: VerdictTextOptions): readonly string[] {
  const room = Math.max(width, 60) - prefix.length;
  const lines: string[] = [];
  let line = '';
  for (const word of visible(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((content, i) => `${i === 0 ? prefix : ' '.repeat(prefix.length)}${content}`);
}
