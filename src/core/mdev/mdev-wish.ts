// SPDX-License-Identifier: AGPL-3.0-or-later

/** Whether the mediated device shows a picture of its own, and of which size in pixels; without one, as large as its type allows. */
export type DisplayWish =
  | { readonly kind: 'off' }
  | { readonly kind: 'ramfb'; readonly size?: { readonly width: number; readonly height: number } };

/** Reads `off`, `ramfb` or `ramfb,WxH`; undefined for anything else. The kernel's EDID has 12 bits for each size, so 4095 is the most. */
export function parseDisplayWish(text: string): DisplayWish | undefined {
  if (text === 'off') return { kind: 'off' };
  if (text === 'ramfb') return { kind: 'ramfb' };
  const size = parseResolution(/^ramfb,(.*)$/.exec(text)?.[1]);
  return size === undefined ? undefined : { kind: 'ramfb', size };
}

/** Reads `1920x1080`; undefined when it is no size from 64x64 to 4095x4095. */
export function parseResolution(text: string | undefined): { readonly width: number; readonly height: number } | undefined {
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(text ?? '') ?? [];
  const size = { width: Number(width), height: Number(height) };
  return [size.width, size.height].every((pixels) => pixels >= 64 && pixels <= 4095) ? size : undefined;
}

/** What of a slice only a mediated device takes. */
export interface MdevWish {
  /** `i915-GVTg_V5_4`, or only `V5_4`; default the largest that fits now. */
  readonly type?: string;
  /** Default `off`. */
  readonly display?: DisplayWish;
}
