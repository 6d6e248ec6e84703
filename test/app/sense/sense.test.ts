// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { localHost } from '../../../src/adapters/host-local.ts';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { ALL_SECTIONS, sense } from '../../../src/app/sense/sense.ts';
import { machine } from '../../support/machine.ts';

describe('sense', () => {
  test('reads only the sections that were asked for', async () => {
    const paths: string[] = [];
    const host = memoryHost(machine().withGpu().tree, {
      onAccess: (_, path) => {
        paths.push(path);
        return undefined;
      },
    });
    const facts = await sense(host, ['kernel']);
    expect(facts.format).toBe(1);
    expect(facts.kernel).toEqual({
      state: 'known',
      value: { release: '6.17.2-1-pve', cmdline: 'BOOT_IMAGE=/boot/vmlinuz-6.17.2-1-pve root=/dev/mapper/pve-root ro quiet' },
    });
    expect(paths.sort()).toEqual(['/proc/cmdline', '/proc/sys/kernel/osrelease']);
    for (const name of ALL_SECTIONS) if (name !== 'kernel') expect(facts[name], name).toEqual({ state: 'not-sensed' });
  });

  test('a sensor that breaks makes its own section unknown', async () => {
    const host = memoryHost(machine().withGpu().tree);
    host.readLink = async () => {
      throw new Error('boom \x1b[2J');
    };
    const facts = await sense(host, ['pci', 'kernel']);
    expect(facts.pci).toEqual({ state: 'unknown', reason: 'the pci section could not be read: boom \\x1b[2J' });
    expect(facts.kernel.state).toBe('known');
  });

  test('the facts are a JSON value', async () => {
    const facts = await sense(memoryHost(machine().withGpu().withVfs(2).tree));
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });

  test('works on the machine that runs this test', async () => {
    const facts = await sense(localHost());
    for (const name of ['pci', 'drm', 'holders', 'kernel', 'modules', 'platform', 'pve'] as const) {
      expect(facts[name], name).toMatchObject({ state: 'known' });
    }
    for (const name of ALL_SECTIONS) expect(facts[name].state, name).not.toBe('not-sensed');
  });

  test('an empty tree has no kernel and no GPU, and nothing fails', async () => {
    const facts = await sense(memoryHost());
    expect(facts.kernel).toMatchObject({ state: 'unknown' });
    expect(facts.pci).toMatchObject({ state: 'unknown' });
    expect(facts.pve).toMatchObject({ state: 'known', value: { isProxmox: false, nodeName: 'localhost' } });
  });
});
