// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Trouble } from '../../../src/core/doctor/finding.ts';

/** What is wrong with the wording of a problem: each fault a line. */
export function styleFaults({ because, evidence, remedy, subject }: Trouble): readonly string[] {
  const lines = evidence.flatMap(({ source, value }) => [source, value]);
  const all = [because, remedy.text, subject ?? '', ...lines];
  return [
    ...(isSentence(because) && because.length <= 400 ? [] : [`not one sentence: ${because}`]),
    ...(isSentence(remedy.text) ? [] : [`not a sentence: ${remedy.text}`]),
    ...(evidence.length > 0 && lines.every((line) => line.trim() !== '')
      ? []
      : [`evidence without source or value: ${JSON.stringify(evidence)}`]),
    ...all.filter((text) => hasControl(text)).map((text) => `control characters: ${JSON.stringify(text)}`),
    ...all.filter((text) => /undefined|\[object|NaN|\$\{/.test(text)).map((text) => `a value is missing: ${text}`),
    ...[because, remedy.text].filter((text) => /—| {2}|\.\.$/.test(text)).map((text) => `wording: ${text}`),
  ];
}

function isSentence(text: string): boolean {
  return /^\S.*[.!]\)?$/.test(text);
}

function hasControl(text: string): boolean {
  return [...text].some((char) => char < ' ' || (char >= '\u007f' && char <= '\u009f'));
}
