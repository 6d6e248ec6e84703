// SPDX-License-Identifier: AGPL-3.0-or-later

declare const PVEIGPU_VERSION: string | undefined;

/** The product's version, set by the build from package.json. */
export const VERSION: string = typeof PVEIGPU_VERSION === 'string' ? PVEIGPU_VERSION : '0.0.0-source';
