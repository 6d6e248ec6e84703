// SPDX-License-Identifier: AGPL-3.0-or-later

/** The views of the page, in the order of the navigation. */
export const PLACES = ['overview', 'guests', 'findings', 'history', 'roms', 'usage'] as const;

/** The name of a view; also of its icon and of its text. */
export type Place = (typeof PLACES)[number];

/** The view that an address names, `#guests/101`, and the guest where it names one; the first view for anything else. */
export function placeOf(hash: string): { readonly place: Place; readonly vmid: number } {
  const [name, more] = hash.replace(/^#/, '').split('/');
  const place = PLACES.find((one) => one === name) ?? 'overview';
  const vmid = place === 'guests' && /^\d{3,9}$/.test(more ?? '') ? Number(more) : 0;
  return { place, vmid };
}
