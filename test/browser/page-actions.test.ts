// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { applyPlan, fileOf, pageCases } from './page-case.ts';

const open = pageCases();
const VFS = ['vf create 3 --yes', 'pool create --yes'];
const OPTIONS = '/etc/modprobe.d/pveigpu.conf';

describe('the node', () => {
  test('is set up for the whole GPU, rebooted, confirmed, and taken back', async () => {
    const at = await open({ profile: 'raptor-lake-s-untouched' });
    const { page, press, see, served } = at;
    const before = served.machine.node.persistentFiles();
    await press('Set up');
    await page.getByRole('radio', { name: /Whole GPU to one guest/ }).check();
    await press('Show plan');
    await see('What is changed');
    await page.getByRole('dialog').getByText(OPTIONS).first().waitFor();
    expect(served.machine.node.persistentFiles()).toEqual(before);
    await applyPlan(at);
    expect(fileOf(at, OPTIONS)).toContain('vfio');
    await see('Takes effect with the next reboot of the node');

    await press('Reboot node');
    await see('Rebooted.');
    await see(/Whole GPU to one guest \(GVT-d\) · driver vfio-pci/);

    await at.go('history');
    await see('root@pam');
    await press('Take everything back');
    await see('What is changed');
    await applyPlan(at);
    expect(fileOf(at, OPTIONS)).toBeUndefined();
    await press('Reboot node');
    await see('Rebooted.');
    const after = served.machine.node.persistentFiles();
    expect(Object.keys(after).filter((path) => path.startsWith('/etc/'))).toEqual(
      Object.keys(before).filter((path) => path.startsWith('/etc/')),
    );
    expect(at.faults).toEqual([]);
  });

  test('is confirmed by hand where no unit did it', async () => {
    const at = await open({ profile: 'raptor-lake-s-untouched' });
    const { page, press, see, served, button } = at;
    await press('Set up');
    await page.getByRole('radio', { name: /Whole GPU to one guest/ }).check();
    await press('Show plan');
    await see('What is changed');
    await applyPlan(at);
    const { tree } = served.machine.node.machine;
    // The unit that confirms is kept from this boot, and is there again for the look at the set-up.
    const links = Object.keys(served.machine.node.persistentFiles()).filter((path) =>
      path.endsWith('.wants/pveigpu-confirm.service'),
    );
    const kept = links.map((path) => [path, tree.get(path)] as const);
    expect(kept).toHaveLength(1);
    for (const path of links) tree.remove(path);
    await press('Reboot node');
    await see('Rebooted.');
    for (const [path, entry] of kept) if (entry !== undefined) tree.set(path, entry);
    const pending = () => fileOf(at, '/var/lib/pveigpu/pending.json');
    expect(pending()).toBeDefined();
    await press('Confirm set-up');
    await applyPlan(at);
    expect(pending()).toBeUndefined();
    await button('Confirm set-up').waitFor({ state: 'detached' });
    expect(at.faults).toEqual([]);
  });

  test('offers only modes that can work, with the reason for the others', async () => {
    const at = await open({ profile: 'jasper-lake' });
    await at.press('Set up');
    const sriov = at.page.getByRole('radio', { name: /SR-IOV/ });
    expect(await sriov.isDisabled()).toBe(true);
    await at.see(/not possible: \w/);
    expect(at.faults).toEqual([]);
  });

  test('a plan that has become another is refused and said', async () => {
    const at = await open({ profile: 'raptor-lake-s-untouched', expected: [409] });
    await at.press('Set up');
    await at.page.getByRole('radio', { name: /Whole GPU to one guest/ }).check();
    await at.press('Show plan');
    await at.see('What is changed');
    at.served.machine.node.machine.tree.setFile(OPTIONS, 'options vfio-pci ids=1234:5678\n');
    await at.press('Apply');
    await at.page.getByRole('alert').waitFor();
    expect(fileOf(at, OPTIONS)).toBe('options vfio-pci ids=1234:5678\n');
    expect(at.faults).toEqual([]);
  });
});

describe('a guest', () => {
  test('gets a VF of the pool and gives it back; PVE writes both', async () => {
    const at = await open({ typed: VFS, place: 'guests' });
    const before = at.served.config(101);
    await at.page.getByRole('link', { name: 'VM 101', exact: true }).click();
    await at.press('Assign: Any free VF, from the pool');
    await at.page.getByRole('dialog').getByText('mapping=igpu-vf').first().waitFor();
    expect(at.served.config(101)).toBe(before);
    await applyPlan(at);
    await at.see('VF from a pool');
    expect(at.served.config(101)).toMatch(/^hostpci0: mapping=igpu-vf/m);
    await at.press('Remove');
    await applyPlan(at);
    await at.see('This guest has no slice of an Intel GPU.');
    expect(at.served.config(101)).toBe(before);
    expect(at.faults).toEqual([]);
  });

  test('gets one certain VF with our hookscript', async () => {
    const at = await open({ typed: VFS, place: 'guests/101' });
    await at.press('Assign: VF 1, always the same');
    await applyPlan(at);
    await at.see('one VF by address');
    expect(at.served.config(101)).toMatch(/^hookscript: /m);
    expect(at.served.config(101)).toMatch(/^hostpci0: 0000:00:02\.1/m);
    expect(at.faults).toEqual([]);
  });

  test('that is a container shares the render node', async () => {
    const at = await open({ place: 'guests/200' });
    await at.press('Assign: The render node, shared with the host');
    await applyPlan(at);
    expect(at.served.config(200)).toMatch(/^dev0: \/dev\/dri\/renderD128/m);
    expect(at.faults).toEqual([]);
  });

  test('is asked and verified where it runs', async () => {
    const at = await open({ typed: [...VFS, 'assign 101 --yes'], place: 'guests/101' });
    await at.served.machine.host.run(['qm', 'start', '101']);
    await at.press('Reload');
    await at.see('running');
    await at.press('Verify');
    await at.page.getByRole('heading', { name: 'Verify' }).waitFor();
    await at.see(/The GPU (?:works|does not work) in this guest|Not everything could be measured/);
    expect(at.faults).toEqual([]);
  });
});
