// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mode } from '../core/gpu/verdict.ts';
import { type DisplayWish, type MdevWish, parseDisplayWish } from '../core/mdev/mdev-wish.ts';
import type { OptionSpec, Options } from './command.ts';
import { Failure } from './print-problem.ts';

/** Options of `assign` for a mediated device. */
export const MDEV_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--type <type>',
    description: 'mediated device type, i915-GVTg_V5_4 or V5_4 (gvt-g; default: the largest that fits now)',
  },
  {
    flags: '--display <what>',
    description: 'picture of the mediated device: off, ramfb, or ramfb,WxH (gvt-g; default: off)',
    complete: ['off', 'ramfb'],
  },
];

/** What was asked of a mediated device as `{ mode, mdev }`, or nothing; both options stand for `--mode gvt-g`. */
export function mdevOf(options: Options, mode: Mode | 'auto'): { readonly mode?: 'gvt-g'; readonly mdev?: MdevWish } {
  const { type } = options;
  const asked = ['type', 'display'].filter((name) => typeof options[name] === 'string');
  if (asked.length === 0) return {};
  if (mode !== 'auto' && mode !== 'gvt-g')
    throw new Failure({ code: 'usage', message: `--${asked[0]} goes with --mode gvt-g alone.`, hint: 'Leave out --mode.' });
  const wish = displayWishOf(options);
  return {
    mode: 'gvt-g',
    mdev: { ...(typeof type === 'string' ? { type } : {}), ...(wish === undefined ? {} : { display: wish }) },
  };
}

/** The picture that `--display` asks for, or undefined when it was not given. */
export function displayWishOf({ display }: Options): DisplayWish | undefined {
  if (typeof display !== 'string') return undefined;
  const wish = parseDisplayWish(display);
  if (wish !== undefined) return wish;
  throw new Failure({
    code: 'usage',
    message: `"${display}" is no display for a mediated device.`,
    hint: 'Use off, ramfb, or a size in pixels such as ramfb,1920x1080.',
  });
}
