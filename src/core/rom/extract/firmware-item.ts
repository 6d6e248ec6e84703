// SPDX-License-Identifier: AGPL-3.0-or-later

/** How packed bytes were unpacked. */
export type Packing = 'lzma' | 'lzma-x86' | 'efi-1.1' | 'tiano' | 'brotli' | 'zlib';

/** One thing that a firmware image is made of, in the order in which it stands there; what is inside follows at a greater depth. */
export type FirmwareItem =
  /** A region of an Intel flash chip, by the descriptor at its start. */
  | { readonly kind: 'region'; readonly depth: number; readonly name: string; readonly bytes: Uint8Array }
  /** The header in front of an update; `bytes` are what follows it. */
  | { readonly kind: 'capsule'; readonly depth: number; readonly guid: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'volume';
      readonly depth: number;
      /** Its own GUID where it has one, else that of its file system. */
      readonly guid: string;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'file';
      readonly depth: number;
      readonly guid: string;
      /** EFI_FV_FILETYPE (UEFI PI 1.8, volume 3, 3.2.3). */
      readonly type: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'section';
      readonly depth: number;
      /** EFI_SECTION_TYPE (UEFI PI 1.8, volume 3, 3.2.4). */
      readonly type: number;
      /** Of a section that says by a GUID what it is. */
      readonly guid?: string;
      readonly bytes: Uint8Array;
      /** What follows its header. */
      readonly body: Uint8Array;
    }
  /** What came out of packed bytes: a buffer of its own. */
  | { readonly kind: 'unpacked'; readonly depth: number; readonly packing: Packing; readonly bytes: Uint8Array };

/** Something that is not as it should be; the search goes on behind it. */
export interface FirmwareFault {
  /** `volume 8C8CE578-...`, `section of type 02`. */
  readonly what: string;
  /** A sentence part: `is longer than what holds it`. */
  readonly fault: string;
}
