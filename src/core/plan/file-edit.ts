// SPDX-License-Identifier: AGPL-3.0-or-later

/** What of an edited file is ours. */
export type FileEdit =
  /** Words of the kernel command line: those that we added, and those of the user's that we took out (with `--force`). */
  | {
      readonly kind: 'kernel-parameters';
      readonly format: 'grub-default' | 'kernel-cmdline';
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** Whole lines, without their ends. */
  | { readonly kind: 'lines'; readonly added: readonly string[]; readonly removed: readonly string[] };
