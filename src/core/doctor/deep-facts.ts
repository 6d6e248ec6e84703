// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Section } from '../facts/section.ts';
import type { ZfsPool } from '../kernels/zfs-guard.ts';

/** What only programs tell (`doctor --deep`). */
export interface DeepFacts {
  /** Paths in the initramfs of the running kernel, from `lsinitramfs`. */
  readonly initramfs: Section<readonly string[]>;
  /** Lines of our units' journal of this boot, newest last, made visible. */
  readonly journal: Section<readonly { readonly unit: string; readonly text: string }[]>;
  /** `dkms status`, one line each. */
  readonly dkmsStatus: Section<readonly string[]>;
  /** Whether the firmware knows the key with which DKMS signs, from `mokutil --test-key`. `pending`: it waits for its step at the console. */
  readonly signingKey: Section<'enrolled' | 'pending' | 'not-enrolled'>;
  /** The imported ZFS pools and the features in use, from `zpool get`. */
  readonly zfsPools: Section<readonly ZfsPool[]>;
}

export const NOT_DEEP: DeepFacts = {
  initramfs: { state: 'not-sensed' },
  journal: { state: 'not-sensed' },
  dkmsStatus: { state: 'not-sensed' },
  signingKey: { state: 'not-sensed' },
  zfsPools: { state: 'not-sensed' },
};
