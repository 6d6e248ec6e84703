// SPDX-License-Identifier: AGPL-3.0-or-later
import { MAX_GID } from '../core/container/group-file.ts';
import type { ShareWish } from '../core/container/share-wish.ts';
import type { OptionSpec, Options } from './command.ts';
import { Failure } from './print-problem.ts';

/** What `assign` takes for a container. */
export const SHARE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--gid <n>', description: 'container: the group for the render node, by its id inside; default: looked up there' },
  { flags: '--card', description: 'container: the card node too, which can set display modes' },
];

/** The options of a container, or nothing when none was given; throws a {@link Failure} for what is no group id. */
export function shareOf(options: Options): { readonly share?: ShareWish } {
  const gid = gidOf(options.gid);
  const share: ShareWish = {
    ...(gid === undefined ? {} : { gid }),
    ...(options.card === true ? { card: true } : {}),
    ...(options.convert === true ? { convert: true } : {}),
  };
  return Object.keys(share).length === 0 ? {} : { share };
}

function gidOf(text: string | boolean | undefined): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (!/^\d{1,10}$/.test(text) || Number(text) > MAX_GID)
    throw new Failure({
      code: 'usage',
      message: `"${text}" is no group id.`,
      hint: 'Give the number that getent group render shows.',
    });
  return Number(text);
}
