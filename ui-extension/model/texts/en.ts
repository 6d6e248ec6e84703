// SPDX-License-Identifier: AGPL-3.0-or-later
import { enFrame } from './en-frame.ts';
import { enViews } from './en-views.ts';

/** Every text of the panel in English; other languages have exactly these keys. What comes from the node itself is shown as it is. */
export const en = { ...enFrame, ...enViews } as const;

/** The key of a text. */
export type TextKey = keyof typeof en;
