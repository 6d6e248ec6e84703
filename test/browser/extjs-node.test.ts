// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import {
  button,
  chooseRow,
  chooseTab,
  closeWindow,
  isOffered,
  part,
  press,
  rows,
  seeRow,
  seeText,
  tabTitles,
  taskLog,
} from './pve-shell/ext-page.ts';
import { fileOf, shellCases } from './pve-shell/open-case.ts';

const open = shellCases();

describe('the tabs of a node', () => {
  test('stand among those of PVE, and the one that was open is open again after a reload of the page', async () => {
    const { tab } = await open({});
    const titles = await tabTitles(tab.page);
    const at = titles.indexOf('iGPU');
    expect(titles.slice(at - 1, at + 6)).toEqual(['ZFS', 'iGPU', 'Findings', 'History', 'ROM files', 'Usage', 'Task History']);
    await chooseTab(tab.page, 'Findings');
    await part(tab.page, 'findings');
    await tab.page.reload();
    await part(tab.page, 'findings');
    expect(tab.faults).toEqual([]);
  });

  test('show slices and whose they are, as sysfs and the configurations of guests have them', async () => {
    const typed = ['vf create 3 --yes', 'assign 101 --yes', 'assign 100 --vf 3 --yes', 'assign 200 --yes', 'qm start 101'];
    const { served, tab } = await open({ typed });
    await chooseTab(tab.page, 'iGPU');
    const map = await part(tab.page, 'slices');
    await expect.poll(async () => await map.getByRole('option').allInnerTexts()).toHaveLength(5);
    const cells = (await map.getByRole('option').allInnerTexts()).map((one) => one.replaceAll(/\s*\n\s*/g, ' '));
    expect(cells).toEqual([
      'GPU node',
      'VF 1 in use VM 101',
      'VF 2 free',
      'VF 3 assigned VM 100',
      expect.stringMatching(/^container 200 /),
    ]);
    expect(fileOf(served, '/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs')?.trim()).toBe('3');
    await seeRow(tab.page, 'assignments', /VM 101 \| VF from a pool igpu-vf \| hostpci0 \| mapping=igpu-vf/);
    await seeRow(tab.page, 'assignments', /container 200 \| render node/);
    await seeRow(tab.page, 'modes', /Virtual functions \(SR-IOV\).*in use.* \| Yes \| 3 VFs exist now/);
    expect(tab.faults).toEqual([]);
  });

  test('lead to the guest whose slice is opened', async () => {
    const { tab } = await open({ typed: ['vf create 3 --yes', 'assign 100 --vf 3 --yes', 'assign 200 --yes'] });
    const { page } = tab;
    await chooseTab(page, 'iGPU');
    await (await part(page, 'slices')).getByRole('option', { name: /VF 3/ }).dblclick();
    await page.getByText("Virtual Machine 100 (server) on node 'pve'").waitFor();
    await page.locator('.x-tree-node-text', { hasText: /^pve$/ }).click();
    await (await part(page, 'assignments')).locator('.x-grid-row', { hasText: 'container 200' }).dblclick();
    await page.getByText("Container 200 (photos) on node 'pve'").waitFor();
    expect(tab.faults).toEqual([]);
  });

  test('look again by themselves', async () => {
    const { served, tab } = await open({});
    await chooseTab(tab.page, 'iGPU');
    const map = await part(tab.page, 'slices');
    await expect.poll(async () => await map.getByRole('option').count()).toBe(1);
    await served.type('vf create 2 --yes');
    await expect.poll(async () => await map.getByRole('option').count(), { timeout: 15_000 }).toBe(3);
  });

  test('show findings with evidence, ROM files and the reason why nothing measures', async () => {
    const { tab } = await open({});
    await chooseTab(tab.page, 'Findings');
    await seeRow(tab.page, 'findings', "Intel's microcode updates are not installed");
    await chooseRow(tab.page, 'findings', "Intel's microcode updates are not installed");
    await seeRow(tab.page, 'details', 'intel-microcode');
    await chooseTab(tab.page, 'ROM files');
    await seeText(tab.page, 'roms', 'There are no ROM files');
    await chooseTab(tab.page, 'Usage');
    await seeText(tab.page, 'usage', 'intel_gpu_top is not installed');
    expect(tab.faults).toEqual([]);
  });
});

describe('the set-up', () => {
  test('an administrator chooses a mode, reads the plan, applies, reboots and goes back', async () => {
    const { served, tab } = await open({ profile: 'raptor-lake-s-untouched' });
    const { page } = tab;
    const before = fileOf(served, '/etc/modprobe.d/pveigpu.conf');
    await chooseTab(page, 'iGPU');
    await press(page, 'Set up');
    await page.getByRole('radio', { name: /Virtual functions/ }).check({ force: true });
    const count = (await part(page, 'vfs')).locator('input');
    await count.press('Control+a');
    await count.pressSequentially('2');
    await press(page, 'Next');
    await seeText(page, 'plan', '/etc/modprobe.d/pveigpu.conf');
    expect(fileOf(served, '/etc/modprobe.d/pveigpu.conf')).toBe(before);
    await press(page, 'Apply');
    expect(await taskLog(page)).toContain('TASK OK');
    expect(fileOf(served, '/etc/modprobe.d/pveigpu.conf')).toContain('options xe force_probe=a780');
    await closeWindow(page);
    await seeText(tab.page, 'waiting', 'Takes effect with the next reboot of the node');

    expect(await served.machine.node.reboot()).toMatchObject({ booted: true });
    await chooseTab(page, 'History');
    await seeRow(page, 'runs', /\| root@pam \|/);
    await chooseTab(page, 'iGPU');
    const map = await part(page, 'slices');
    await expect.poll(async () => await map.getByRole('option').count(), { timeout: 15_000 }).toBe(3);

    await chooseTab(page, 'History');
    await press(page, 'Take everything back');
    await seeText(tab.page, 'plan', '/etc/modprobe.d/pveigpu.conf');
    await press(page, 'Apply');
    expect(await taskLog(page)).toContain('TASK OK');
    expect(fileOf(served, '/etc/modprobe.d/pveigpu.conf')).toBeUndefined();
    await closeWindow(page);
    expect((await rows(page, 'runs')).length).toBeGreaterThan(1);
    expect(tab.faults).toEqual([]);
  });

  test('a plan that cannot be carried out says why, and its button stays grey', async () => {
    const { tab } = await open({ typed: ['vf create 3 --yes', 'assign 101 --yes', 'qm start 101'] });
    await chooseTab(tab.page, 'iGPU');
    await press(tab.page, 'Set up');
    await press(tab.page, 'Next');
    await seeText(tab.page, 'plan', 'in use by VM 101');
    expect(await isOffered(tab.page, 'Apply')).toBe(false);
    await press(tab.page, 'Back');
    expect(await isOffered(tab.page, 'Next')).toBe(true);
    expect(tab.faults).toEqual([]);
  });

  test('modes that the hardware does not have cannot be chosen', async () => {
    const { tab } = await open({});
    await chooseTab(tab.page, 'iGPU');
    await press(tab.page, 'Set up');
    expect(await tab.page.getByRole('radio', { name: /Mediated devices/ }).isDisabled()).toBe(true);
    expect(await tab.page.getByText('not possible: GVT-g does not support Raptor Lake-S').count()).toBe(1);
  });

  test('an auditor sees all of it and is offered no change, with the reason', async () => {
    const { tab } = await open({}, { persona: 'auditor' });
    await chooseTab(tab.page, 'iGPU');
    await seeRow(tab.page, 'modes', 'Virtual functions');
    expect(await button(tab.page, 'Set up').count()).toBe(0);
    expect(await button(tab.page, 'Confirm set-up').count()).toBe(0);
    expect(await (await part(tab.page, 'why-not')).innerText()).toMatch(/Sys\.Modify|root@pam/);
    await chooseTab(tab.page, 'History');
    await part(tab.page, 'runs');
    await expect.poll(async () => await (await part(tab.page, 'why-not')).innerText()).toMatch(/Sys\.Modify|root@pam/);
    expect(await button(tab.page, 'Take everything back').count()).toBe(0);
    expect(tab.faults).toEqual([]);
  });

  test('who may not look at any node has no tab', async () => {
    const { tab } = await open({}, { persona: 'nobody' });
    expect(await tabTitles(tab.page)).toEqual(['Task History', 'Subscription']);
  });
});
