// SPDX-License-Identifier: AGPL-3.0-or-later

/** Errno names to numbers on Linux, those that the simulated kernel answers (include/uapi/asm-generic/errno*.h). */
export const ERRNO_NUMBERS: { readonly [name: string]: number } = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  ENXIO: 6,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  EROFS: 30,
  ERANGE: 34,
};
