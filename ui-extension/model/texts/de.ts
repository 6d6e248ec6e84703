// SPDX-License-Identifier: AGPL-3.0-or-later
import { deFrame } from './de-frame.ts';
import { deViews } from './de-views.ts';
import type { TextKey } from './en.ts';

/** Every text of the panel in German. */
export const de: { readonly [K in TextKey]: string } = { ...deFrame, ...deViews };
