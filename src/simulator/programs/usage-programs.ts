// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine, Program } from '../machine.ts';
import { UnknownCall } from './table.ts';

const ENGINES = ['Render/3D', 'Blitter', 'Video', 'VideoEnhance'];
/** Milliseconds after which the load has gone once up and down. */
const PERIOD_MS = 60_000;

/** `timeout --signal=INT SECONDS intel_gpu_top -J ...`: a GPU whose load goes up and down with what uses it; installed where its file is. */
export function usagePrograms(advance: (ms: number) => void): { readonly [name: string]: Program } {
  return {
    timeout: async (machine, argv) => {
      const [, signal, seconds, program, json, , period, ...rest] = argv;
      const isKnown =
        signal === '--signal=INT' && program === 'intel_gpu_top' && json === '-J' && rest.slice(0, 2).join(' ') === '-o -';
      if (!isKnown) throw new UnknownCall(argv);
      if (machine.tree.get('/usr/bin/intel_gpu_top') === undefined)
        return {
          exitCode: 127,
          stdout: '',
          stderr: `timeout: failed to run command '${program}': No such file or directory\n`,
        };
      const first = sampleText(machine, 0.03);
      advance(Number(seconds) * 1000);
      return { exitCode: 124, stdout: `[\n${first},\n${sampleText(machine, Number(period))}`, stderr: '' };
    },
  };
}

function sampleText(machine: Machine, durationMs: number): string {
  const users = machine.kernel.processes().filter(({ open }) => open.some((path) => /^\/dev\/(?:dri|vfio)\//.test(path))).length;
  const wave = (Math.sin((2 * Math.PI * machine.nowMs()) / PERIOD_MS) + 1) / 2;
  const busy = (at: number) => Math.min(100, users * (12 + at * 9) * wave + (at === 0 ? 1.5 : 0));
  const engines = ENGINES.map((name, at) => [name, { busy: busy(at), sema: 0, wait: 0, unit: '%' }]);
  return JSON.stringify(
    {
      period: { duration: durationMs, unit: 'ms' },
      frequency: { requested: 300 + users * 400 * wave, actual: 300 + users * 350 * wave, unit: 'MHz' },
      rc6: { value: 100 - busy(0), unit: '%' },
      power: { GPU: users * 3.1 * wave, Package: 9 + users * 4 * wave, unit: 'W' },
      engines: Object.fromEntries(engines),
      clients: {},
    },
    null,
    '\t',
  );
}
