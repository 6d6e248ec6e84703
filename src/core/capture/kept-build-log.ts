// SPDX-License-Identifier: AGPL-3.0-or-later
import { PRIVATE_FOLDERS } from './rename-texts.ts';
import { scrubText } from './scrub.ts';

/** Lines by which a build is known and its failure explained; see `parseMakeLog`. Which files were compiled is left out. */
const TELLING =
  /^DKMS |\berror\b|\bnote: |\bfatal\b|\*\*\*|^make.*(?:Error|Killed|No )|\bNo such file|No space|Killed|exhausted|allocat|not found|does not |cannot be |patch|FAILED|unrecognized|denied|undefined|SSL|sign|^\s*\d+ \|/i;

/** What is kept of dkms's `make.log`: the lines that say why it failed, without people's folders. */
export function keptBuildLog(text: string): string {
  const lines = text.split('\n').filter((line) => TELLING.test(line));
  return scrubText(lines.map((line) => `${line}\n`).join('')).replace(PRIVATE_FOLDERS, '/_');
}
