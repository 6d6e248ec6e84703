// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { senseRoms } from '../../../src/app/sense/sense-roms.ts';
import { makeRom } from '../../support/option-rom.ts';
import { simulated } from '../simulated.ts';
import { knownValue } from './known-value.ts';

const ROM = '/usr/share/kvm/igd.rom';

function node(romfile: string) {
  const one = simulated('apollo-lake');
  one.writeConfig(101, `${one.config(101)}hostpci0: 0000:00:02.0,romfile=${romfile}\n`);
  return one;
}

describe('senseRoms', () => {
  test('reads the files that guests name', async () => {
    const one = node('igd.rom');
    one.node.machine.tree.setFile(ROM, makeRom({}));
    const { roms } = knownValue(await senseRoms(one.node));
    expect(roms).toMatchObject([
      {
        name: 'igd.rom',
        path: ROM,
        vmids: [101],
        elsewhere: [],
        rom: { state: 'known', value: { images: [{ device: '5a85' }], faults: [] } },
      },
    ]);
  });

  test('tells a file that is not there', async () => {
    expect(knownValue(await senseRoms(node('igd.rom').node)).roms).toMatchObject([{ rom: { state: 'absent' } }]);
  });

  test.each(['../../../dev/zero', '/root/igd.rom', '..', '\u001b[31m'])('reads nothing for the name %j', async (name) => {
    const { roms } = knownValue(await senseRoms(node(name).node));
    expect(roms).toMatchObject([{ rom: { state: 'unknown' } }]);
    expect(JSON.stringify(roms)).not.toContain('\\u001b');
  });

  test('reads no file that is far too large for a ROM, and no directory', async () => {
    const one = node('igd.rom');
    one.node.machine.tree.setFile(ROM, new Uint8Array(5 * 1024 * 1024));
    expect(knownValue(await senseRoms(one.node)).roms[0]?.rom).toMatchObject({ state: 'unknown' });
    one.node.machine.tree.remove(ROM);
    one.node.machine.tree.setDirectory(ROM);
    expect(knownValue(await senseRoms(one.node)).roms[0]?.rom).toMatchObject({ state: 'unknown', reason: `${ROM} is no file` });
  });

  test('of guests that nobody can read nothing is known', async () => {
    const one = node('igd.rom');
    one.node.machine.tree.remove('/etc/pve/nodes');
    expect((await senseRoms(one.node)).state).toBe('unknown');
  });
});
