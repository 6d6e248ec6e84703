// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';

/** What a text gives to a guest, as far as it says so. */
export type ImportedSlice =
  | { readonly kind: 'pci'; readonly bdf: Bdf }
  | { readonly kind: 'mdev'; readonly uuid: string | null; readonly type: string | null }
  | { readonly kind: 'render'; readonly path: string };

/** One slice with the properties that the text sets on it, in the names of QEMU where QEMU has one. */
export interface ImportedDevice {
  readonly slice: ImportedSlice;
  readonly properties: ReadonlyMap<string, string>;
}

/** Something worth saying about the text. */
export interface ImportRemark {
  /** `does`: what it means; `outdated`: what nobody needs any more; `risky`: what can go wrong; `left`: what `assign` does not carry over. */
  readonly level: 'does' | 'outdated' | 'risky' | 'left';
  readonly text: string;
}

/** A text of another program, understood. */
export interface Imported {
  /** Name of the reader that took it. */
  readonly form: string;
  readonly guest: string | null;
  readonly devices: readonly ImportedDevice[];
  readonly remarks: readonly ImportRemark[];
}

/** Reads one kind of text: undefined when it is none of its kind, a sentence when it is and cannot be read. */
export interface ImportReader {
  readonly name: string;
  readonly read: (text: string) => Omit<Imported, 'form'> | { readonly broken: string } | undefined;
}
