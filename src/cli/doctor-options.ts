// SPDX-License-Identifier: AGPL-3.0-or-later
import { AREAS, type FindingRule } from '../core/doctor/finding.ts';
import { FINDINGS } from '../core/doctor/table.ts';
import { visible } from '../core/text/visible.ts';
import { Failure } from './print-problem.ts';

/** Which findings `--only` names: areas and ids, separated by commas. Throws a {@link Failure} for a word that is neither. */
export function chosenFindings(option: string | boolean | undefined): (rule: FindingRule) => boolean {
  if (typeof option !== 'string') return () => true;
  const words = new Set(option.split(',').filter((word) => word !== ''));
  const known = new Set<string>([...AREAS, ...FINDINGS.map(({ id }) => id)]);
  const strange = [...words].find((word) => !known.has(word));
  if (strange !== undefined || words.size === 0)
    throw new Failure({
      code: 'usage',
      message: `"${visible(strange ?? option, 60)}" is no area and no finding.`,
      hint: `Areas are ${AREAS.join(', ')}; docs/findings.md lists the findings.`,
    });
  return ({ id }) => words.has(id) || words.has(id.slice(0, id.indexOf('.')));
}
