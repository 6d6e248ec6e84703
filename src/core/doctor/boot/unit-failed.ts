// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { visible } from '../../text/visible.ts';
import { explainText } from '../explain/explain.ts';
import type { FindingRule, Trouble } from '../finding.ts';

const ENDED = /Failed with result|Main process exited, code=exited, status=(?!0\/)|Start operation timed out|Failed to start /;

/** One of our units ended with an error in this boot; its own first lines tell why. Only `--deep` reads the journal. */
export const UNIT_FAILED: FindingRule = {
  id: 'boot.unit-failed',
  severity: 'error',
  title: 'A unit of pveigpu failed at boot',
  reference: 'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html',
  deep: true,
  examine: ({ deep }) => {
    const journal = ifKnown(deep.journal) ?? [];
    const units = [...new Set(journal.filter(({ text }) => ENDED.test(text)).map(({ unit }) => unit))];
    return units.map((unit): Trouble => {
      const lines = journal.filter((one) => one.unit === unit).map(({ text }) => text);
      const end = lines.findIndex((text) => ENDED.test(text));
      // What the program said last before systemd says that it failed.
      const own = lines.slice(0, end).filter((text) => !/^(Starting|Started|Finished) /.test(text));
      const said = own.slice(-2).map((text) => ({ source: `journal of ${visible(unit, 80)}`, value: visible(text, 300) }));
      const [first] = explainText(own).filter(({ weight }) => weight === 'cause');
      const why = first === undefined ? '' : ` ${first.text}`;
      const hint = first?.hint === undefined ? 'Mend what its last lines name' : first.hint.replace(/\.$/, '');
      return {
        state: 'problem',
        subject: visible(unit, 80),
        because: `${visible(unit, 80)} did not do its work in this boot.${why}`,
        evidence: [{ source: `journal of ${visible(unit, 80)}`, value: visible(lines[end] ?? '', 300) }, ...said],
        remedy: {
          text: `${hint}, then run it again: systemctl restart ${visible(unit, 80)}. "pveigpu explain" knows many such lines.`,
        },
        ...(first?.finding === undefined ? {} : { follows: [first.finding] }),
      };
    });
  },
};
