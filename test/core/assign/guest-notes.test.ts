// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { guestNotes } from '../../../src/core/assign/guest-notes.ts';
import { vm } from '../../support/facts.ts';

const notes = (device: string, keys: { readonly [key: string]: string }) => guestNotes(vm(101, keys), device).join('\n');

describe('Linux guests', () => {
  test.each([
    ['Raptor Lake', 'a780', /6\.18 on .*force_probe=a780/, /i915-sriov-dkms, with i915.enable_guc=3/],
    ['Panther Lake', 'b080', /6\.17 on has the driver itself \(xe\)\./, undefined],
    ['Meteor Lake', '7d55', undefined, /no kernel has a driver for this VF: install i915-sriov-dkms/],
    ['Arrow Lake', '7d67', undefined, /no kernel has a driver/],
  ])('%s', (_, device, stock, dkms) => {
    const text = notes(device, { ostype: 'l26' });
    if (stock === undefined) expect(text).not.toContain('(xe)');
    else expect(text).toMatch(stock);
    if (dkms === undefined) expect(text).not.toContain('dkms');
    else expect(text).toMatch(dkms);
  });
});

describe('Windows guests', () => {
  test('a bare one is told all of the list, one that has it only the rest', () => {
    const bare = notes('a780', { ostype: 'win11' });
    expect(bare).toMatch(/cpu: host/);
    expect(bare).toMatch(/q35/);
    expect(bare).toMatch(/--rom/);
    const config = {
      ostype: 'win11',
      cpu: 'host,hidden=0',
      machine: 'pc-q35-9.2',
      hostpci0: '0000:00:02.1,pcie=1,romfile=gop.rom',
    };
    const ready = notes('a780', config);
    expect(ready).not.toMatch(/set cpu|q35|--rom/);
    expect(ready).toMatch(/memory integrity/);
  });

  test('x-vga hides the hypervisor unless it is told not to', () => {
    expect(notes('a780', { ostype: 'win10', cpu: 'host', hostpci0: 'mapping=igpu-vf,x-vga=1' })).toMatch(/hidden=0/);
    expect(notes('a780', { ostype: 'win10', cpu: 'host,hidden=0', hostpci0: 'mapping=igpu-vf,x-vga=1' })).not.toMatch(/hidden=0/);
  });
});

test('a system that is not known gets none', () => {
  expect(notes('a780', {})).toBe('');
  expect(notes('a780', { ostype: 'solaris' })).toBe('');
});
