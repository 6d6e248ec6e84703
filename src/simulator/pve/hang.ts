// SPDX-License-Identifier: AGPL-3.0-or-later

/** A write that never returns: the task of PVE hangs in the kernel with all its locks, and so does whoever waits for it. */
export class Hang extends Error {}
