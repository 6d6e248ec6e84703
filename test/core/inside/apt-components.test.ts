// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withComponents } from '../../../src/core/inside/apt-components.ts';

const NON_FREE = ['non-free', 'non-free-firmware'];
const changed = (path: string, text: string, components: readonly string[] = NON_FREE) =>
  withComponents([{ path, text }], components);

describe('lines', () => {
  test('the own archive gets what is missing; others, sources and comments stay', () => {
    const text = [
      '# deb http://debian.org/debian bookworm main',
      'deb http://debian.org/debian bookworm main contrib',
      'deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm-updates main non-free # mirror',
      'deb-src http://debian.org/debian bookworm main',
      'deb http://debian.org/debian bookworm-backports main',
      'deb https://download.docker.com/linux/debian bookworm stable',
      'deb http://pkg.example.org/debian bookworm other',
      '',
    ].join('\n');
    expect(changed('/etc/apt/sources.list', text)).toEqual([
      {
        path: '/etc/apt/sources.list',
        text: text
          .replace('main contrib', 'main contrib non-free non-free-firmware')
          .replace('main non-free # mirror', 'main non-free non-free-firmware # mirror'),
      },
    ]);
  });

  test('nothing to do is no change', () => {
    expect(changed('/etc/apt/sources.list', 'deb http://debian.org/debian trixie main non-free non-free-firmware\n')).toEqual([]);
    expect(changed('/etc/apt/sources.list', 'deb http://archive.ubuntu.com/ubuntu noble main\n', [])).toEqual([]);
  });
});

describe('stanzas', () => {
  // The file of Debian's cloud images names lists of mirrors.
  const CLOUD = `Types: deb deb-src
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: trixie trixie-updates trixie-backports
Components: main

Types: deb deb-src
URIs: mirror+file:///etc/apt/mirrors/debian-security.list
Suites: trixie-security
Components: main
`;

  test('each own stanza', () => {
    const [file] = changed('/etc/apt/sources.list.d/debian.sources', CLOUD);
    expect(file?.text).toBe(CLOUD.replaceAll('Components: main', 'Components: main non-free non-free-firmware'));
  });

  test('a stanza that is switched off, of sources alone, or of somebody else stays', () => {
    const other = 'Types: deb\nURIs: https://example.org/apt\nSuites: stable\nComponents: main\n';
    const off = 'Enabled: no\nTypes: deb\nURIs: http://debian.org/debian\nSuites: sid\nComponents: main\n';
    const source = 'Types: deb-src\nURIs: http://debian.org/debian\nSuites: trixie\nComponents: main\n';
    expect(changed('/x.sources', `${other}\n${off}\n${source}`)).toEqual([]);
  });

  test("Ubuntu's file", () => {
    const text =
      'Types: deb\nURIs: http://archive.ubuntu.com/ubuntu/\nSuites: noble noble-updates\nComponents: main restricted\n';
    expect(changed('/x.sources', text, ['universe', 'multiverse'])[0]?.text).toContain(
      'Components: main restricted universe multiverse\n',
    );
  });
});

test('a second time changes nothing, and no line is lost', () => {
  const line = fc.constantFrom(
    'deb http://debian.org/debian trixie main',
    'deb [arch=amd64] http://mirror.example/debian trixie main contrib',
    '# a comment',
    'Types: deb',
    'URIs: http://debian.org/debian',
    'Suites: trixie',
    'Components: main',
    'Enabled: no',
    '',
    '   ',
    'nonsense \\ $& line',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), fc.constantFrom('/a.list', '/a.sources'), (lines, path) => {
      const text = lines.join('\n');
      const [once = { path, text }] = withComponents([{ path, text }], NON_FREE);
      expect(once.text.split('\n')).toHaveLength(lines.length === 0 ? 1 : lines.length);
      expect(withComponents([once], NON_FREE)).toEqual([]);
    }),
  );
});
