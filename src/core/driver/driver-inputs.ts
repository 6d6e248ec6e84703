// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage } from '../plan/action.ts';
import type { DriverSource } from './driver-source.ts';

/** How the node stands to the key that signs DKMS modules (machine owner key). */
export type MokState =
  /** Secure Boot is off, or was never there. */
  | { readonly kind: 'not-needed' }
  /** The firmware knows the key. */
  | { readonly kind: 'enrolled' }
  /** The key was handed over and waits for the console step at the next boot. */
  | { readonly kind: 'pending' }
  /** It has to be enrolled: a password for the console step, and its hash as mokutil makes it. */
  | { readonly kind: 'to-enrol'; readonly password: string; readonly hash: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** A patch of the administrator, applied before each build. */
export interface DriverPatch {
  /** File name, without folders. */
  readonly name: string;
  readonly base64: string;
}

/** What the plan of a driver needs of the machine besides the facts. */
export interface DriverInputs {
  /** Absent when no file of the release is on the node. */
  readonly source?: DriverSource;
  /** Whether `/usr/src/NAME-VERSION` of the source is there already. */
  readonly hasSource: boolean;
  readonly patch?: DriverPatch;
  readonly mok: MokState;
  /** How many compilers at once; absent leaves it to dkms. */
  readonly jobs?: number;
  /** The files that the plan may write, as they are now, by path. */
  readonly images: { readonly [path: string]: FileImage };
}
