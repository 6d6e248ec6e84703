// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { VerifyView } from '../../src/core/inside/verify-view.ts';
import { guestShown, verifyShown, whyNotLook, whyNotUnassign } from '../../ui-extension/model/guest-view.ts';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import type { GuestValue } from '../../ui-extension/model/values.ts';
import { served } from './served.ts';

const say = sayIn('en');

describe('a guest', () => {
  test('without a slice: what it could have, and why not for the rest', async () => {
    const { node, api } = await served();
    await node.type('vf create 2 --yes');
    const value = await api.get<GuestValue>('guests/101');
    const shown = guestShown(value, say);
    expect(shown).toMatchObject({ title: 'VM 101 (media)', state: 'stopped', has: [], notices: [] });
    expect(shown.could.map(({ whyNot }) => whyNot === null)).toEqual(value.could.map(({ allowed }) => allowed));
    expect(shown.could.filter(({ whyNot }) => whyNot === null).length).toBeGreaterThan(0);
    expect(shown.could.find(({ offer }) => offer.mode === 'gvt-g')?.whyNot).toMatch(/does not support/);
    expect(whyNotUnassign(value, say)).toBe('This guest has no slice of an Intel GPU.');
    expect(whyNotLook(value, say)).toBe('This guest has no slice of an Intel GPU.');
  });

  test('with one: what it is, what is missing inside, and a look only while it runs', async () => {
    const { node, api } = await served();
    await node.type('vf create 2 --yes');
    await node.type('assign 101 --yes');
    const value = await api.get<GuestValue>('guests/101');
    const shown = guestShown(value, say);
    expect(shown.has).toEqual([
      { key: 'hostpci0', value: 'mapping=igpu-vf,pcie=1', form: 'VF from a pool', state: 'set', holds: '', tags: [] },
    ]);
    expect(shown.needs.length).toBeGreaterThan(0);
    expect(shown.unseen).toBe('The guest itself was not asked.');
    expect(whyNotUnassign(value, say)).toBeNull();
    expect(whyNotLook(value, say)).toBe('To be verified, the guest has to run.');
    expect(whyNotLook({ ...value, running: true }, say)).toBeNull();
    expect(whyNotLook({ ...value, may: { inside: false, whyNotInside: 'x lacks y.' } }, say)).toBe('x lacks y.');
  });

  test('a name is text, whatever stands in it', async () => {
    const { api } = await served();
    const value = await api.get<GuestValue>('guests/101');
    expect(guestShown({ ...value, name: '<img src=x onerror=alert(1)>' }, say).title).toBe(
      'VM 101 (<img src=x onerror=alert(1)>)',
    );
  });
});

describe('a look into a guest', () => {
  test('each check has its tone, each codec what it can', () => {
    const view: Pick<VerifyView, 'works' | 'checks' | 'codecs'> = {
      works: 'no',
      checks: [
        { id: 'dri-node', level: 'wrong', text: 'There is no node.', hint: 'Do this.', evidence: ['ls'] },
        { id: 'log', level: 'skipped', text: 'Nothing.', evidence: [] },
      ],
      codecs: [{ codec: 'H.264', decodes: true, encodes: true, lowPower: false }],
    };
    const shown = verifyShown(view, say);
    expect(shown).toMatchObject({ tone: 'critical', summary: 'The GPU does not work in this guest.' });
    expect(shown.checks.map(({ tone, level, hint }) => `${tone} ${level} ${hint}`)).toEqual([
      'critical wrong Do this.',
      'none left out ',
    ]);
    expect(shown.codecs).toEqual([{ codec: 'H.264', can: 'decodes, encodes' }]);
  });
});
