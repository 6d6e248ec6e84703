// SPDX-License-Identifier: AGPL-3.0-or-later
import type { OptionSpec } from './command.ts';

/** Which GPU a command works on. */
export const GPU: OptionSpec = {
  flags: '--gpu <bdf>',
  description: 'the GPU, needed only when more than one qualifies',
  complete: 'bdf',
};

/** Package files of a kernel. */
export const KERNEL_FILES: OptionSpec = {
  flags: '--deb <files>',
  description: 'package files of a kernel that no repository has, and of its headers, separated by commas',
  complete: 'file',
};
