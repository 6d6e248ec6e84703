// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { applyPlan, expectNotOffered, pageCases } from './page-case.ts';

const open = pageCases();
const VFS = ['vf create 3 --yes', 'pool create --yes'];
const CHANGES = ['Set up', 'Confirm set-up', 'Take everything back', 'Remove', 'Verify'];

describe('an auditor', () => {
  test.each(['overview', 'guests', 'findings', 'history', 'usage'])('looks at %s and is offered no change', async (place) => {
    const at = await open({ typed: VFS, persona: 'auditor', place });
    await at.page.getByRole('main').locator('section, .notice, .empty').first().waitFor();
    for (const name of CHANGES) expect(await at.button(name).count(), name).toBe(0);
    expect(at.faults).toEqual([]);
  });

  test('is told why', async () => {
    const at = await open({ persona: 'auditor' });
    await at.see(/You can look at this node\. auditor@pve lacks Sys\.Modify/);
  });

  test('may not see a guest that he has no rights on', async () => {
    const at = await open({ persona: 'auditor', place: 'guests/101', expected: [403] });
    await at.see('No permission');
    await at.see(/lacks VM\.Audit on \/vms\/101/);
    expect(at.faults).toEqual([]);
  });
});

describe('the user of a VM', () => {
  test('sees his VM alone, gives it a VF of the pool with his own rights, and takes it back', async () => {
    const at = await open({ typed: VFS, persona: 'vm-user', place: 'guests' });
    const before = at.served.config(101);
    await at.page.getByRole('link', { name: 'VM 101', exact: true }).waitFor();
    expect(await at.page.getByRole('main').getByRole('link').count()).toBe(1);
    await at.go('guests/101');
    await at.press('Assign: Any free VF, from the pool');
    await applyPlan(at);
    await at.see('VF from a pool');
    expect(at.served.config(101)).toMatch(/^hostpci0: mapping=igpu-vf/m);
    await at.press('Remove');
    await applyPlan(at);
    await at.see('This guest has no slice of an Intel GPU.');
    expect(at.served.config(101)).toBe(before);
    expect(at.faults).toEqual([]);
  });

  test('is not offered what root alone may set, and is told so', async () => {
    const at = await open({ typed: VFS, persona: 'vm-user', place: 'guests/101' });
    await at.button('Assign: Any free VF, from the pool').waitFor();
    await expectNotOffered(at, 'Assign: VF 1, always the same', 'Assign: The whole GPU', 'Set up');
    await at.see(/lacks Sys\.Modify on \/nodes\/pve/);
    expect(at.faults).toEqual([]);
  });
});

describe('who has no rights', () => {
  test('is told that, and sees nothing of the node', async () => {
    const at = await open({ persona: 'nobody', expected: [403] });
    await at.see('No permission');
    expect(await at.page.getByText('0000:00:02.0').count()).toBe(0);
    expect(at.faults).toEqual([]);
  });
});

test('the demo can be looked at as each of them, one after the other', async () => {
  const at = await open({ expected: [403] });
  await at.button('Set up').waitFor();
  const choose = async (name: string) => void (await at.page.getByLabel('Look as').selectOption(name));
  await choose('auditor');
  await at.see(/You can look at this node/);
  await expectNotOffered(at, 'Set up');
  await choose('nobody');
  await at.see('No permission');
  await choose('administrator');
  await at.button('Set up').waitFor();
  expect(at.faults).toEqual([]);
});
