// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/doctor/examine.ts';
import type { FindingId, FindingRule } from '../../../src/core/doctor/finding.ts';
import { type Folded, fold } from '../../../src/core/doctor/fold.ts';

function rule(id: FindingId, follows: readonly FindingId[] = []): FindingRule {
  return { id, severity: 'error', title: id, reference: 'https://example.org', follows, examine: () => [] };
}

function problem(of: FindingRule, subject?: string): Finding {
  const about = subject === undefined ? {} : { subject };
  const evidence = [{ source: 'somewhere', value: 'something' }] as const;
  return { rule: of, outcome: { state: 'problem', ...about, because: 'so', evidence, remedy: { text: 'do' } } };
}

/** A forest as text: `a(b c(d))`, with subjects behind an @. */
function shown(forest: readonly Folded[]): string {
  return forest
    .map(({ rule: { id }, trouble: { subject }, consequences }) => {
      const about = subject === undefined ? '' : `@${subject}`;
      return `${id}${about}${consequences.length === 0 ? '' : `(${shown(consequences)})`}`;
    })
    .join(' ');
}

const sameGpu = (address: string) => (address === '0000:00:02.3' ? '0000:00:02.0' : address);

const vtd = rule('firmware.vtd');
const vfs = rule('vf.none', ['firmware.vtd']);
const start = rule('guest.start', ['vf.none', 'firmware.vtd']);

describe('what follows folds under its cause', () => {
  test('over several steps, in any order of the rules', () => {
    expect(shown(fold([problem(start), problem(vfs), problem(vtd)], sameGpu))).toBe('firmware.vtd(vf.none(guest.start))');
    expect(shown(fold([problem(start), problem(vtd)], sameGpu))).toBe('firmware.vtd(guest.start)');
    expect(shown(fold([problem(start)], sameGpu))).toBe('guest.start');
  });

  test('a cause that is fine or was not measured is none', () => {
    const others: Finding[] = [
      { rule: vtd, outcome: { state: 'ok' } },
      { rule: vfs, outcome: { state: 'unmeasured', because: 'hidden' } },
    ];
    expect(shown(fold([...others, problem(start)], sameGpu))).toBe('guest.start');
  });

  test('of several causes it is the one of the same subject', () => {
    const findings = [problem(vfs, '0000:00:02.0'), problem(vfs, '0000:03:00.0'), problem(start, '0000:03:00.0')];
    expect(shown(fold(findings, sameGpu))).toBe('vf.none@0000:00:02.0 vf.none@0000:03:00.0(guest.start@0000:03:00.0)');
  });

  test('a VF is of its GPU; another GPU or guest is no cause', () => {
    expect(shown(fold([problem(vfs, '0000:00:02.0'), problem(start, '0000:00:02.3')], sameGpu))).toBe(
      'vf.none@0000:00:02.0(guest.start@0000:00:02.3)',
    );
    expect(shown(fold([problem(vfs, '0000:03:00.0'), problem(start, '0000:00:02.3')], sameGpu))).toBe(
      'vf.none@0000:03:00.0 guest.start@0000:00:02.3',
    );
    expect(shown(fold([problem(vfs, 'VM 101'), problem(start, 'VM 102')], sameGpu))).toBe('vf.none@VM 101 guest.start@VM 102');
    expect(shown(fold([problem(vfs, '0000:00:02.0'), problem(start, 'VM 102')], sameGpu))).toBe(
      'vf.none@0000:00:02.0(guest.start@VM 102)',
    );
  });

  test('every problem is there exactly once, whatever names what as its cause', () => {
    const ids = ['vf.a', 'vf.b', 'vf.c', 'guest.d', 'guest.e'] as const;
    const rules = fc.tuple(...ids.map((id) => fc.subarray([...ids]).map((follows) => rule(id, follows))));
    const subjects = fc.constantFrom(undefined, '0000:00:02.0', '0000:00:02.3', '0000:03:00.0', 'VM 101', 'VM 102', 'i915');
    const findings = rules.chain((all) => fc.array(fc.tuple(fc.constantFrom(...all), subjects).map((pair) => problem(...pair))));
    fc.assert(
      fc.property(findings, (all) => {
        const forest = fold(all, sameGpu);
        const flat = (trees: readonly Folded[]): readonly Folded[] => trees.flatMap((tree) => [tree, ...flat(tree.consequences)]);
        const troubles = flat(forest).map(({ trouble }) => trouble);
        expect(new Set(troubles)).toEqual(new Set(all.map(({ outcome }) => outcome)));
        expect(troubles).toHaveLength(all.length);
        for (const { rule: cause, consequences } of flat(forest))
          for (const one of consequences) expect(one.rule.follows).toContain(cause.id);
      }),
    );
  });
});
