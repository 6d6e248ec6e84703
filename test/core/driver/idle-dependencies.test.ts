// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDependencies } from '../../../src/core/driver/idle-dependencies.ts';

const stanza = (name: string, fields: { readonly [field: string]: string } = {}) =>
  [
    `Package: ${name}`,
    'Status: install ok installed',
    'Version: 1',
    ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`),
    '',
  ].join('\n');
const status = (...stanzas: readonly string[]) => stanzas.join('\n');
const automatic = (...names: readonly string[]) =>
  names.map((name) => `Package: ${name}\nArchitecture: amd64\nAuto-Installed: 1\n`).join('\n');

// Dependencies as Debian 13 has them (packages.debian.org/trixie/dkms, /gcc, /dpkg-dev).
const DKMS = stanza('dkms', {
  Depends: 'kmod | kldutils, gcc | c-compiler, dpkg-dev, make | build-essential, patch',
  Recommends: 'linux-headers-generic | linux-headers, sudo',
});
const GCC = stanza('gcc', {
  Depends: 'cpp (= 4:14.2.0-1), gcc-14 (>= 14.2.0-6~)',
  Provides: 'c-compiler, gcc-x86-64-linux-gnu (= 4:14.2.0-1)',
});
const REST = [
  GCC,
  stanza('cpp'),
  stanza('gcc-14', { Depends: 'binutils (>= 2.43)' }),
  stanza('binutils'),
  stanza('make'),
  stanza('patch'),
  stanza('kmod'),
];
const DEV = stanza('dpkg-dev', { Depends: 'binutils, make, patch' });
const CAME = ['gcc', 'cpp', 'gcc-14', 'binutils', 'make', 'patch', 'dpkg-dev'];
const OURS = ['dkms', ...CAME];

describe('what came with dkms', () => {
  test('goes with it, in whatever depth', () => {
    const found = buildDependencies(status(DKMS, DEV, ...REST), automatic(...CAME), OURS);
    expect(found).toEqual({ idle: [...CAME].sort().map((name) => ({ name, version: '1' })), stay: [] });
  });

  test.each([
    ['another package needs it', stanza('pve-extra', { Depends: 'make (>= 4)' }), ['make']],
    [
      'another package needs what it provides',
      stanza('cgo', { Depends: 'libc6-dev, c-compiler' }),
      ['binutils', 'cpp', 'gcc', 'gcc-14'],
    ],
    ['another package recommends it', stanza('quilt', { Recommends: 'patch' }), ['patch']],
  ])('stays where %s', (_, other, stay) => {
    const found = buildDependencies(status(DKMS, DEV, other, ...REST), automatic(...CAME), OURS);
    expect(found.stay).toEqual(stay);
    expect(found.idle.map(({ name }) => name)).toEqual(CAME.filter((name) => !stay.includes(name)).sort());
  });

  test('stays where another alternative is not what the other package has', () => {
    const other = stanza('cgo', { Depends: 'c-compiler' });
    const clang = stanza('clang', { Provides: 'c-compiler' });
    expect(buildDependencies(status(DKMS, DEV, other, clang, ...REST), automatic(...CAME), OURS).stay).toEqual([]);
  });

  test('stays with all that it needs, where somebody installed it by name since', () => {
    const marked = automatic(...CAME.filter((name) => name !== 'gcc'));
    expect(buildDependencies(status(DKMS, DEV, ...REST), marked, OURS).stay).toEqual(['binutils', 'cpp', 'gcc', 'gcc-14']);
  });

  test('was there before us: it is none of ours', () => {
    const found = buildDependencies(status(DKMS, DEV, ...REST), automatic(...CAME), ['dkms', 'patch']);
    expect([found.idle, found.stay]).toEqual([[], ['patch']]);
  });

  test('without build tools of ours there is nothing to say', () => {
    expect(buildDependencies(status(DEV, ...REST), automatic(...CAME), CAME)).toEqual({ idle: [], stay: [] });
  });
});

test('whatever depends on whatever, nothing that stays loses what it needs', () => {
  const names = ['dkms', 'a', 'b', 'c', 'd', 'e', 'f'];
  const some = fc.subarray(names);
  const world = fc.tuple(...names.map(() => some));
  fc.assert(
    fc.property(world, some, some, (needs, ours, auto) => {
      const text = status(
        ...names.map((name, at) => stanza(name, (needs[at] ?? []).length === 0 ? {} : { Depends: (needs[at] ?? []).join(', ') })),
      );
      const idle = buildDependencies(text, automatic(...auto), ours).idle.map(({ name }) => name);
      const gone = new Set([...idle, ...(ours.includes('dkms') ? ['dkms'] : [])]);
      const isOurs = idle.every((name) => ours.includes(name) && auto.includes(name));
      const isWhole = names.every(
        (name, at) => gone.has(name) || (needs[at] ?? []).every((need) => need === 'dkms' || !gone.has(need)),
      );
      return isOurs && isWhole;
    }),
  );
});
