// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { COMMENT_MARK } from '../../setup/commented-lines.ts';
import { textOf } from '../../setup/others.ts';
import { OWN_HEADER, OWN_MODPROBE, UNIT_FOLDER } from '../../setup/own-path.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule } from '../finding.ts';

const ADR = 'https://man7.org/linux/man-pages/man5/modprobe.d.5.html';

/** No mode is asked of any GPU, and no set-up is under way. */
function nothingAsked({ desired, pending }: DoctorCase): boolean {
  return desired.state === 'known' && pending === null && Object.values(desired.value.gpus).every(({ mode }) => mode === 'host');
}

/** A mode was taken back, or our state is lost, and files of ours are still here: they hold at each boot. */
export const OWN_FILES: FindingRule = {
  id: 'leftover.own-files',
  severity: 'warning',
  title: 'Settings of pveigpu are in effect though no mode is asked for',
  reference: ADR,
  examine: (ground) => {
    if (!nothingAsked(ground)) return FINE;
    const files = (ifKnown(ground.facts.config)?.files ?? []).filter(
      ({ path }) => path === OWN_MODPROBE || path.startsWith(`${UNIT_FOLDER}/pveigpu-`),
    );
    const [first, ...rest] = files.map((file) => ({
      source: visible(file.path, 120),
      value: visible(firstLine(textOf(file)), 160) || 'is there',
    }));
    if (first === undefined) return FINE;
    return {
      state: 'problem',
      because: `${first.source}${rest.length === 0 ? ' was' : ' and others were'} written for a mode, and no GPU of this node is asked to be in one.`,
      evidence: [first, ...rest],
      remedy: {
        text: 'Take them away with "pveigpu apply host", or ask for the mode again.',
        fix: { kind: 'apply', mode: 'host' },
      },
    };
  },
};

/** Lines of others that we switched off for a mode come back with it; these stayed off. */
export const LINES_STILL_OFF: FindingRule = {
  id: 'leftover.lines-still-off',
  severity: 'warning',
  title: 'Lines that were switched off for a mode are still off',
  reference: ADR,
  examine: (ground) => {
    if (!nothingAsked(ground)) return FINE;
    return (ifKnown(ground.facts.config)?.files ?? []).flatMap((file) => {
      const at = textOf(file)
        .split('\n')
        .findIndex((line) => line.startsWith(COMMENT_MARK));
      if (at < 0) return [];
      const line = textOf(file).split('\n')[at] ?? '';
      return [
        {
          state: 'problem' as const,
          subject: `${file.path}:${at + 1}`,
          because: `pveigpu switched this line off for a mode, and no GPU is asked to be in one any more.`,
          evidence: [{ source: `${file.path}:${at + 1}`, value: visible(line, 200) }] as const,
          remedy: {
            text: 'Give the lines back with "pveigpu apply host", or take the mark at their front away by hand.',
            fix: { kind: 'apply' as const, mode: 'host' as const },
          },
        },
      ];
    });
  },
};

function firstLine(text: string): string {
  return text.startsWith(OWN_HEADER) ? OWN_HEADER : (text.split('\n')[0] ?? '');
}
