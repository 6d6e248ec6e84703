// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { administratorsFile, settingsOf } from '../../scripts/package/administrators-file.mjs';
import { parseSettings } from '../../src/core/settings/settings.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

test('both changelogs begin with the version of package.json', () => {
  expect(/^## (\S+)/m.exec(readFileSync('CHANGELOG.md', 'utf8'))?.[1]).toBe(version);
  expect(/^pveigpu \((\S+)\) /.exec(readFileSync('debian/changelog', 'utf8'))?.[1]).toBe(version);
});

test('the lock file has it too', () => {
  expect(JSON.parse(readFileSync('package-lock.json', 'utf8'))).toMatchObject({ version, packages: { '': { version } } });
});

test('pveigpu.conf as it is installed sets nothing, and each setting in it can be switched on', () => {
  const page = settingsOf(readFileSync('docs/settings.md', 'utf8'));
  const text = administratorsFile(page);
  expect(parseSettings(text, 'pveigpu.conf')).toEqual({ ok: true, value: { hook: false } });
  const on = parseSettings(text.replaceAll(/^#(\S+ = )/gm, '$1'), 'pveigpu.conf');
  expect(on.ok && Object.keys(on.value).length).toBe(page.length);
});
