// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { romsShown } from '../../ui-extension/model/rom-rows.ts';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import { simulated } from '../app/simulated.ts';
import { jsonOf, mustType, typed } from '../cli/command-line.ts';
import { makeRom } from '../support/option-rom.ts';

test('ROM files with what they fit, who names them and how they came there', async () => {
  const machine = simulated('apollo-lake');
  const put = (path: string, device: number) => machine.node.machine.tree.setFile(path, makeRom({ device }));
  put('/root/igd.rom', 0x5a85);
  await mustType(machine, 'rom install /root/igd.rom --source "board of a NUC" --yes');
  put('/root/edited.rom', 0x5a85);
  await mustType(machine, 'rom install /root/edited.rom --yes');
  put('/usr/share/kvm/edited.rom', 0x5a84);
  put('/usr/share/kvm/other.rom', 0x0406);
  machine.writeConfig(110, 'cores: 1\nhostpci0: 0000:00:02.0,romfile=gone.rom\nmemory: 64\nname: x\n');
  const view = jsonOf(await typed(machine, 'rom list --json')) as never;
  const rows = (language: 'en' | 'de') =>
    romsShown(view, sayIn(language)).map(({ file, size, state, fits, users, source }) =>
      [file, size, `${state.tone} ${state.text}`, `${fits.tone} ${fits.text}`, users, source].join(' | '),
    );
  expect(rows('en')).toEqual([
    'edited.rom | 1 KiB | warning changed since | none no GPU here, it is for 8086:5a84 |  | /root/edited.rom',
    'gone.rom |  | critical missing | none not known | 110 | ',
    'igd.rom | 1 KiB | good installed | good 0000:00:02.0 |  | board of a NUC',
    'other.rom | 1 KiB | none by hand | none no GPU here, it is for 8086:0406 |  | ',
  ]);
  expect(rows('de')[1]).toContain('fehlt');
});
