// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planAcpiRomTable } from '../../src/app/acpi-rom-table.ts';
import { planRollback } from '../../src/app/rollback.ts';
import { runHook } from '../../src/app/run-hook.ts';
import type { RomTableRequest } from '../../src/core/acpi/plan-rom-table.ts';
import { parseManifest } from '../../src/core/acpi/table-manifest.ts';
import { diffPlan } from '../../src/core/plan/diff-plan.ts';
import { sha256Hex } from '../../src/core/text/sha256.ts';
import { makeRom } from '../support/option-rom.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const FOLDER = '/var/lib/pveigpu/101';
const ROM = makeRom({ vendor: 0x10de, device: 0x25a2, class: 0x030200, blocks: 204 });
const CONFIG = 'machine: q35\nmemory: 2048\nname: dgpu\nscsihw: virtio-scsi-single\n';
const ENTRY = 'hostpci0: 0000:01:00.0,pcie=1,romfile=card.rom\n';

function laptop(config: string, rom: Uint8Array = ROM): Simulated {
  const node = simulated('optimus');
  node.writeConfig(101, config);
  node.node.machine.tree.setFile('/usr/share/kvm/card.rom', rom);
  return node;
}

const make = async (node: Simulated, request: Partial<RomTableRequest> = {}, force = false) =>
  await node.carryOut(
    async () => await planAcpiRomTable(node.context, { vmid: 101, battery: false, ...request }, { hookStub: HOOK_STUB }),
    force,
  );
const start = async (node: Simulated) => {
  node.said.length = 0;
  return await runHook(node.context, { vmid: 101, phase: 'pre-start', lockHeld: false });
};
const names = (node: Simulated) => node.node.machine.tree.names(FOLDER) ?? [];
const args = (node: Simulated) => /^args: (.*)$/m.exec(node.config(101))?.[1] ?? '';

describe('acpi rom-table', () => {
  test('writes the tables, names them in args, and is done', async () => {
    const node = laptop(ENTRY + CONFIG);
    const before = node.lasting();
    const made = await make(node);
    expect(made).toMatchObject({ ok: true });
    expect(names(node)).toEqual(['hostpci0-00.aml', 'hostpci0-01.aml', 'hostpci0-rom.aml', 'pad-0.aml', 'tables.json']);
    expect(args(node)).toBe(
      ['hostpci0-rom', 'hostpci0-00', 'hostpci0-01', 'pad-0'].map((name) => `-acpitable file=${FOLDER}/${name}.aml`).join(' '),
    );
    const manifest = parseManifest(node.node.machine.tree.text(`${FOLDER}/tables.json`) ?? '', '');
    expect(manifest).toMatchObject({
      ok: true,
      value: { roms: { hostpci0: { romfile: 'card.rom', sha256: sha256Hex(ROM), node: '\\_SB.PCI0.SE0.S00' } } },
    });
    expect(await make(node)).toMatchObject({ ok: true, value: [{ steps: [] }] });
    expect(await start(node)).toBe(0);
    await node.must('qm', 'start', '101');
    await node.must('qm', 'stop', '101');
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(node.lasting()).toEqual(before);
    expect(node.node.machine.tree.get(FOLDER)).toBeUndefined();
  });

  test('shows bytes as size, hash and first bytes', async () => {
    const node = laptop(CONFIG + ENTRY);
    const planned = await planAcpiRomTable(node.context, { vmid: 101, battery: true }, { hookStub: HOOK_STUB });
    if (!planned.ok) throw new Error(planned.problem.message);
    const changes = diffPlan(planned.value).changes.filter(({ subject }) => subject.endsWith('.aml'));
    expect(changes).toHaveLength(5);
    for (const { diff } of changes)
      expect(diff).toEqual([expect.stringMatching(/^\+\d+ bytes, sha256 [0-9a-f]{64}, bytes 53 53 44 54 /)]);
    expect(planned.value.remarks.find(({ id }) => id === 'acpi.rom-table')?.text).toBe(
      'card.rom is handed out at \\_SB.PCI0.SE0.S00: 5 tables of ours, 131072 bytes with all others.',
    );
  });

  test('keeps the words and the tables of others, and counts these', async () => {
    const foreign = "-acpitable file=/root/bat.aml -smbios 'type=2,manufacturer=A B'";
    const node = laptop(`args: ${foreign}\n${CONFIG}${ENTRY}`);
    node.node.machine.tree.setFile('/root/bat.aml', new Uint8Array(5000));
    expect(await make(node)).toMatchObject({ ok: true });
    expect(args(node).startsWith(`${foreign} -acpitable file=${FOLDER}/hostpci0-rom.aml`)).toBe(true);
    const sizes = names(node)
      .filter((name) => name.endsWith('.aml'))
      .map((name) => node.node.machine.tree.get(`${FOLDER}/${name}`));
    const sum = sizes.reduce((all, file) => all + (file?.kind === 'file' ? file.content.length : 0), 5000);
    expect(sum % 131_072).toBe(0);
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(args(node)).toBe(foreign);
  });

  test('another ROM takes the place of the first, and what nobody needs goes', async () => {
    const node = laptop(CONFIG + ENTRY);
    await make(node, { battery: true });
    const small = makeRom({ vendor: 0x10de, device: 0x25a2, class: 0x030200, blocks: 10 });
    node.node.machine.tree.setFile('/usr/share/kvm/small.rom', small);
    expect(await make(node, { romfile: 'small.rom' })).toMatchObject({ ok: true });
    expect(names(node)).toEqual(['battery.aml', 'hostpci0-00.aml', 'hostpci0-rom.aml', 'tables.json']);
    expect(args(node)).not.toContain('pad');
    expect(await start(node)).toBe(0);
  });

  test('of a clone: the tables stay for it, and its own unassign takes the words out', async () => {
    const node = laptop(CONFIG + ENTRY);
    await make(node);
    node.writeConfig(102, node.config(101));
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(names(node)).toContain('hostpci0-rom.aml');
    expect(await node.unassign(102)).toMatchObject({ ok: true });
    expect(node.config(102)).not.toContain('acpitable');
  });

  test('of a clone: a table that it names stays, though the guest itself needs it no more', async () => {
    const node = laptop(CONFIG + ENTRY);
    await make(node);
    node.writeConfig(102, node.config(101));
    const small = makeRom({ vendor: 0x10de, device: 0x25a2, class: 0x030200, blocks: 4 });
    node.node.machine.tree.setFile('/usr/share/kvm/card.rom', small);
    expect(await make(node)).toMatchObject({ ok: true });
    expect(node.config(101)).not.toContain('hostpci0-01.aml');
    expect(names(node)).toContain('hostpci0-01.aml');
    node.writeConfig(102, CONFIG);
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(names(node)).toEqual([]);
  });

  test('of a guest that had the same number before: its battery is not taken over', async () => {
    const node = laptop(CONFIG + ENTRY);
    await make(node, { battery: true });
    expect(node.config(101)).toContain('battery.aml');
    node.writeConfig(101, CONFIG + ENTRY);
    expect(await make(node)).toMatchObject({ ok: true });
    expect(node.config(101)).not.toContain('battery.aml');
    expect(names(node)).not.toContain('battery.aml');
  });

  test('of a guest that was destroyed: its files go all the same', async () => {
    const node = laptop(CONFIG + ENTRY);
    await make(node);
    await node.must('qm', 'destroy', '101');
    expect(names(node)).toContain('tables.json');
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(node.node.machine.tree.get(FOLDER)).toBeUndefined();
  });

  test('with everything else: rollback --all', async () => {
    const node = laptop(ENTRY + CONFIG);
    const before = node.lasting();
    await make(node);
    const back = async () => await planRollback(node.context, { to: 'all', force: false }, { hookStub: HOOK_STUB });
    expect(await node.carryOut(back)).toMatchObject({ ok: true });
    expect(node.lasting()).toEqual(before);
    expect(names(node)).toEqual([]);
  });

  test.each([
    [
      'no such file',
      {},
      CONFIG + ENTRY.replace('card', 'none'),
      'There is no /usr/share/kvm/none.rom; a start with it would fail.',
    ],
    ['no ROM', { romfile: 'text.rom' }, CONFIG + ENTRY, '/usr/share/kvm/text.rom is no option ROM.'],
    ['no device', {}, CONFIG, 'VM 101 has no device of NVIDIA and none with a ROM.'],
    ['no such entry', { index: 3 }, CONFIG + ENTRY, 'VM 101 has no hostpci3.'],
    ['no ROM named', {}, `${CONFIG}hostpci0: 0000:01:00.0,pcie=1\n`, 'hostpci0 of VM 101 names no ROM.'],
    [
      'several',
      {},
      `${CONFIG}${ENTRY}hostpci1: 0000:00:02.0,romfile=card.rom\n`,
      'VM 101 has several devices that may need a ROM: hostpci0, hostpci1.',
    ],
    ['ACPI off', {}, `acpi: 0\n${CONFIG}${ENTRY}`, 'VM 101 has ACPI switched off.'],
    [
      'a table that is not there',
      {},
      `args: -acpitable file=/none\n${CONFIG}${ENTRY}`,
      'The args name the ACPI table /none, whose size cannot be read.',
    ],
    ['args that cannot be split', {}, `args: -x 'y\n${CONFIG}${ENTRY}`, 'The args line has an unbalanced quote'],
    ['too large', { romfile: 'huge.rom' }, CONFIG + ENTRY, 'The ACPI tables of the guest would have'],
  ])('says what is missing: %s', async (_what, request, config, message) => {
    const node = laptop(config);
    node.node.machine.tree.setFile('/usr/share/kvm/text.rom', 'text');
    node.node.machine.tree.setFile(
      '/usr/share/kvm/huge.rom',
      Uint8Array.from({ length: 1_700_000 }, (_, i) => ROM[i] ?? 0),
    );
    const made = await make(node, request);
    expect(made.ok ? '' : made.problem.message).toContain(message);
    expect(node.config(101)).toBe(config);
  });

  test('a ROM of another card only with --force', async () => {
    const other = makeRom({ vendor: 0x10de, device: 0x13b6, class: 0x030200, blocks: 4 });
    const node = laptop(CONFIG + ENTRY, other);
    const made = await make(node);
    expect(made.ok ? '' : made.problem.message).toBe('/usr/share/kvm/card.rom is for 10de:13b6, and the device is 10de:25a2.');
    expect(await make(node, {}, true)).toMatchObject({ ok: true });
  });
});

describe('before a start', () => {
  const ready = async () => {
    const node = laptop(CONFIG + ENTRY);
    await make(node);
    return node;
  };
  const refusal = (node: Simulated) => node.said.find((line) => line.includes('is not started')) ?? '';

  test('a table that is gone or changed refuses it', async () => {
    const node = await ready();
    const { tree } = node.node.machine;
    tree.setFile(`${FOLDER}/hostpci0-00.aml`, 'x');
    expect(await start(node)).toBe(1);
    expect(refusal(node)).toBe(
      `VM 101 is not started: ${FOLDER}/hostpci0-00.aml is not as pveigpu wrote it. Make them again with pveigpu acpi rom-table 101, or take them out with pveigpu unassign 101.`,
    );
    tree.remove(`${FOLDER}/hostpci0-00.aml`);
    expect(await start(node)).toBe(1);
    expect(refusal(node)).toContain(`its args name ${FOLDER}/hostpci0-00.aml, which is not there`);
    expect(await make(node)).toMatchObject({ ok: true });
    expect(await start(node)).toBe(0);
  });

  test('an entry that lies elsewhere by now refuses it', async () => {
    const node = await ready();
    node.writeConfig(101, node.config(101).replace('machine: q35', 'machine: pc').replace(',pcie=1', ''));
    expect(await start(node)).toBe(1);
    expect(refusal(node)).toContain('its table hands out the ROM at \\_SB.PCI0.SE0.S00, and hostpci0 is at \\_SB.PCI0.S80 now');
    node.writeConfig(101, node.config(101).replace(/^hostpci0.*\n/m, ''));
    expect(await start(node)).toBe(0);
    expect(node.said.join()).toContain('its table for hostpci0 serves nobody: The guest has no hostpci0.');
  });

  test('a sum that loses all tables refuses it', async () => {
    const node = await ready();
    node.node.machine.tree.setFile('/root/more.aml', new Uint8Array(40_000));
    node.writeConfig(101, node.config(101).replace('args: ', 'args: -acpitable file=/root/more.aml '));
    expect(await start(node)).toBe(1);
    expect(refusal(node)).toContain('its ACPI tables have 171072 bytes together, with which the firmware loses all of them');
    // Where one of them cannot be looked at, nothing is known.
    node.node.machine.tree.remove('/root/more.aml');
    expect(await start(node)).toBe(0);
    expect((await node.run('qm', 'start', '101')).text).toContain("can't open file /root/more.aml: No such file or directory");
    expect(await make(node)).toMatchObject({ ok: false });
  });

  test('another ROM, or a list that is gone, is only said', async () => {
    const node = await ready();
    node.node.machine.tree.setFile('/usr/share/kvm/card.rom', 'other');
    expect(await start(node)).toBe(0);
    expect(node.said).toContain(
      'VM 101: /usr/share/kvm/card.rom has changed since its ACPI tables were made. Run: pveigpu acpi rom-table 101',
    );
    node.node.machine.tree.setFile(`${FOLDER}/tables.json`, '{');
    expect(await start(node)).toBe(0);
    expect(node.said.join()).toContain('The ACPI tables of VM 101 were not looked at');
  });
});
