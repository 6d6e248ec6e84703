// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_GID, parseGroupFile } from '../../../src/core/container/group-file.ts';
import { DISTRIBUTIONS } from './group-files.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,30}$/);
const group = fc.record({ name, gid: fc.integer({ min: 0, max: MAX_GID }), members: fc.array(name, { maxLength: 3 }) });

describe('/etc/group', () => {
  test.each(DISTRIBUTIONS)('$name', ({ groups, gid }) => {
    const found = parseGroupFile(groups);
    const wanted = found.find((one) => one.name === 'render') ?? found.find((one) => one.name === 'video');
    expect(wanted?.gid).toBe(gid);
    expect(found).toHaveLength(groups.split('\n').length - 1);
  });

  test('every file gives its groups, the first of each name', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 20 }), (groups) => {
        const text = groups.map((one) => `${one.name}:x:${one.gid}:${one.members.join(',')}\n`).join('');
        const first = groups.filter((one, at) => groups.findIndex((other) => other.name === one.name) === at);
        expect(parseGroupFile(text)).toEqual(first.map((one) => ({ name: one.name, gid: one.gid })));
      }),
    );
  });

  test('whatever stands there, each answer is a name and a possible id', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('render:x:-1:', 'render:x:4294967295:', 'render:x:1e3:', 'render::7:', '::::', 'render:x:12'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const one of parseGroupFile(lines.join('\n'))) {
          expect(one.name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/);
          expect(Number.isSafeInteger(one.gid) && one.gid >= 0 && one.gid <= MAX_GID).toBe(true);
        }
      }),
    );
  });

  test('hostile lines are no groups', () => {
    const text = 'render:x:4294967295:\nrender:x:-5:\n\u001b[2Jrender:x:1:\nrender :x:2:\nrender:x:104\nrender:x: 3:\n';
    expect(parseGroupFile(text)).toEqual([]);
  });
});
