// SPDX-License-Identifier: AGPL-3.0-or-later
import { kernelSeries } from '../gpu/kernel-version.ts';
import { MODES } from '../gpu/verdict.ts';
import type { KernelEntry, KernelMode, KernelsView } from './kernels-view.ts';

/**
 * The table of kernels, header first, one row for each kernel and GPU. Of those that are not installed only the newest of each series is
 * shown, unless `all` of them are wanted.
 */
export function kernelRows({ kernels }: KernelsView, all: boolean): readonly (readonly string[])[] {
  const shown = kernels.filter((kernel, i) => all || kernel.installed || isNewestOffered(kernels, i));
  const several = new Set(kernels.flatMap(({ gpus }) => gpus.map(({ bdf }) => bdf))).size > 1;
  const head = [
    'KERNEL',
    'STATE',
    'HEADERS',
    'INITRAMFS',
    ...(several ? ['GPU'] : []),
    ...MODES.map((mode) => mode.toUpperCase()),
  ];
  const rows = shown.flatMap((kernel) => {
    const first = [kernel.release, stateOf(kernel), kernel.headers, yesNo(kernel.initramfs)];
    if (kernel.gpus.length === 0) return [[...first, ...MODES.map(() => '-')]];
    return kernel.gpus.map(({ bdf, modes }, i) => [
      ...(i === 0 ? first : first.map(() => '')),
      ...(several ? [bdf] : []),
      ...modes.map(modeCell),
    ]);
  });
  return rows.length === 0 ? [] : [head, ...rows];
}

/** Newest first, so the first one of its series. */
function isNewestOffered(kernels: readonly KernelEntry[], at: number): boolean {
  const series = kernelSeries(kernels[at]?.release ?? '');
  return kernels.findIndex(({ release, installed }) => !installed && kernelSeries(release) === series) === at;
}

function stateOf({ installed, running, isDefault, pinned, pinnedOnce }: KernelEntry): string {
  const words = [
    ...(running ? ['running'] : []),
    ...(pinned ? ['pinned'] : isDefault && installed ? ['default'] : []),
    ...(pinnedOnce ? ['next boot'] : []),
  ];
  return words.length > 0 ? words.join(', ') : installed ? 'installed' : 'available';
}

function modeCell({ answer, readiness, backend, young }: KernelMode): string {
  const word = readiness === 'setup' ? 'set-up' : answer;
  if (backend === undefined || answer !== 'yes') return word;
  return `${word} ${backend}${young === true ? ' (young)' : ''}`;
}

function yesNo(value: boolean | null): string {
  return value === null ? '-' : value ? 'yes' : 'no';
}
