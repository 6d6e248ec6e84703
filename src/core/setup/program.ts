// SPDX-License-Identifier: AGPL-3.0-or-later

/** Where packages put the command. */
export const PROGRAM = '/usr/bin/pveigpu';
