// SPDX-License-Identifier: AGPL-3.0-or-later

/** One setting as docs/settings.md describes it. */
export interface DescribedSetting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  readonly text: readonly string[];
}

export function settingsOf(page: string): readonly DescribedSetting[];
export function administratorsFile(settings: readonly DescribedSetting[]): string;
