// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { seriousFindings } from './chromium.ts';
import { pageCases } from './page-case.ts';

const open = pageCases();
const USED = ['vf create 3 --yes', 'pool create --yes', 'assign 101 --yes'];
const PLACES = ['overview', 'guests', 'guests/101', 'findings', 'history', 'roms', 'usage'];
const HOSTILE = '<img src=x onerror="window.hacked=1">';

describe.each(['light', 'dark'] as const)('in the %s theme', (scheme) => {
  test('every view is usable with keyboard and screen reader, in both widths', async () => {
    const at = await open({ typed: USED, scheme });
    for (const place of PLACES) {
      await at.go(place);
      await at.page.getByRole('main').locator('section, .notice, .empty').first().waitFor();
      for (const width of [1024, 390]) {
        await at.page.setViewportSize({ width, height: 800 });
        expect(await seriousFindings(at.page), `${place} at ${width}`).toEqual([]);
        const overflow = await at.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        expect(overflow, `${place} at ${width} is wider than the screen`).toBeLessThanOrEqual(0);
      }
    }
    expect(at.faults).toEqual([]);
  });

  test('the wizard and its plan too', async () => {
    const at = await open({ profile: 'raptor-lake-s-untouched', scheme });
    await at.press('Set up');
    await at.page.getByRole('radio', { name: /Whole GPU to one guest/ }).check();
    expect(await seriousFindings(at.page)).toEqual([]);
    await at.press('Show plan');
    await at.see('What is changed');
    expect(await seriousFindings(at.page)).toEqual([]);
    expect(at.faults).toEqual([]);
  });
});

test('German words where German is read, and the choice stays', async () => {
  const at = await open({ locale: 'de-DE' });
  await at.button('Einrichten').waitFor();
  expect(await at.page.evaluate('document.documentElement.lang')).toBe('de');
  await at.page.getByRole('combobox').nth(1).selectOption('en');
  await at.button('Set up').waitFor();
  await at.page.reload();
  await at.button('Set up').waitFor();
  expect(at.faults).toEqual([]);
});

test('names of guests are text, whatever they hold', async () => {
  const at = await open({
    place: 'guests',
    prepare: ({ node }) => {
      const path = '/etc/pve/nodes/pve/qemu-server/101.conf';
      const { tree } = node.machine;
      tree.setFile(path, (tree.text(path) ?? '').replace(/^name: .*$/m, `name: ${HOSTILE}`), { mode: 0o640 });
    },
  });
  await at.see(HOSTILE);
  await at.go('guests/101');
  await at.see(HOSTILE);
  expect(await at.page.evaluate('window.hacked')).toBeUndefined();
  expect(at.faults).toEqual([]);
});

describe('states', () => {
  test('no Intel GPU', async () => {
    const at = await open({ profile: 'no-igpu' });
    await at.see('No Intel GPU on this node');
    expect(at.faults).toEqual([]);
  });

  test('the service is away, and comes back', async () => {
    const at = await open({ place: 'history', expected: [503] });
    await at.see('pveigpu has not changed anything on this node yet.');
    const away = async (pattern: string) =>
      await at.page.route(pattern, async (route) => {
        await route.fulfill({ status: 503, json: { data: null, message: 'pveigpu.service cannot be reached: No such file\n' } });
      });
    await away('**/pveigpu/**');
    await at.page.reload();
    await at.see('pveigpu does not answer');
    await at.page.unrouteAll();
    await at.page.getByRole('main').getByRole('button', { name: 'Reload' }).click();
    await at.see('pveigpu has not changed anything on this node yet.');
    expect(at.faults).toEqual([]);
  });

  test('load that cannot be measured says why, and that can is drawn', async () => {
    const without = await open({ place: 'usage' });
    await without.see(/intel_gpu_top is not installed/);
    expect(without.faults).toEqual([]);
    const at = await open({
      place: 'usage',
      prepare: ({ node }) => node.machine.tree.setFile('/usr/bin/intel_gpu_top', '', { mode: 0o755 }),
    });
    await at.see('intel_gpu_top');
    await at.page.locator('canvas').first().waitFor();
    expect(at.faults).toEqual([]);
  });

  test('nothing yet, and what is wrong, are said', async () => {
    const at = await open({ place: 'roms' });
    await at.see('There are no ROM files in /usr/share/kvm.');
    await at.go('findings');
    await at.see(/problems? (?:were|was) found|Nothing is wrong|No problem was found/);
    await at.press('Look deeper');
    await at.see(/problems? (?:were|was) found|Nothing is wrong|No problem was found/);
    expect(at.faults).toEqual([]);
  });
});
