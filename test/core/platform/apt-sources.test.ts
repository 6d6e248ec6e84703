// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aptSourceLine, keptAptSources, parseAptSourceLine, parseAptSources } from '../../../src/core/platform/apt-sources.ts';

/** As the image of Debian 12 has it (`/etc/apt/sources.list.d/debian.sources`), comments inside the stanza. */
const DEBIAN = `Types: deb
# http://debian.org/archive/debian/20250520T000000Z
URIs: http://debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
# http://debian.org/archive/debian-security/20250520T000000Z
URIs: http://debian.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

/** pve-docs pve-package-repos.adoc, with the field that switches a stanza off (sources.list(5)). */
const ENTERPRISE = `Types: deb
URIs: https://enterprise.proxmox.com/debian/pve
Suites: trixie
Components: pve-enterprise
Signed-By: /usr/share/keyrings/proxmox-archive-keyring.gpg
`;

const lines = (path: string, text: string) => parseAptSources(path, text).map(aptSourceLine);

describe('sources of apt', () => {
  test('deb822', () => {
    expect(lines('/etc/apt/sources.list.d/debian.sources', DEBIAN)).toEqual([
      'deb http://debian.org/debian bookworm main',
      'deb http://debian.org/debian bookworm-updates main',
      'deb http://debian.org/debian-security bookworm-security main',
    ]);
    expect(lines('a.sources', ENTERPRISE)).toEqual(['deb https://enterprise.proxmox.com/debian/pve trixie pve-enterprise']);
    expect(lines('a.sources', `Enabled: no\n${ENTERPRISE}`)).toEqual([]);
    expect(lines('a.sources', ENTERPRISE.replace('Types: deb', 'Types: deb-src'))).toEqual([]);
    expect(lines('a.sources', 'Types: deb\nURIs: file:/srv/a\n http://b.example/x\nSuites: ./\n')).toEqual([
      'deb file:/srv/a ./',
      'deb http://b.example/x ./',
    ]);
  });

  test('one line each, with options, logins and comments', () => {
    const text = [
      '# deb http://debian.org/debian trixie main',
      'deb [arch=amd64 signed-by=/k.gpg] https://user:secret@repo.example/debian trixie main contrib # mine',
      'deb-src http://debian.org/debian trixie main',
      '  deb http://download.proxmox.com/debian/pve trixie pve-no-subscription',
    ].join('\n');
    expect(lines('/etc/apt/sources.list', text)).toEqual([
      'deb https://repo.example/debian trixie main contrib',
      'deb http://download.proxmox.com/debian/pve trixie pve-no-subscription',
    ]);
  });

  test('a capture keeps what facts rest on, and hosts only of Debian and Proxmox', () => {
    for (const path of ['/etc/apt/sources.list', '/etc/apt/sources.list.d/x.sources']) {
      const text = path.endsWith('s') ? `${DEBIAN}\n${ENTERPRISE}` : 'deb http://mirror.firm.test/d trixie main\n';
      const kept = keptAptSources(path, text);
      expect(kept).not.toContain('firm');
      expect(keptAptSources(path, kept)).toBe(kept);
      expect(parseAptSources(path, kept)).toHaveLength(parseAptSources(path, text).length);
    }
    expect(lines('x.sources', keptAptSources('x.sources', ENTERPRISE))).toEqual(lines('x.sources', ENTERPRISE));
  });

  test('a line that was written is read back', () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9./-]{0,12}$/);
    fc.assert(
      fc.property(word, word, fc.array(word, { maxLength: 3 }), (host, suite, components) => {
        const source = { uri: `http://${host}`, suite, components };
        expect(parseAptSourceLine(aptSourceLine(source))).toEqual(source);
      }),
    );
  });

  test('nothing breaks it', () => {
    fc.assert(fc.property(fc.string(), fc.constantFrom('a.list', 'a.sources'), (text, path) => void parseAptSources(path, text)));
  });
});
