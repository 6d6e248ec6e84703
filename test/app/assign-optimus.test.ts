// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import { OPTIMUS_ROWS } from '../../src/core/optimus/optimus-rows.ts';
import { isBdf } from '../../src/core/pci/address.ts';
import { makeRom } from '../support/option-rom.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const CARD = '0000:01:00.0';
const FOLDER = '/var/lib/pveigpu/101';
const ROM = makeRom({ vendor: 0x10de, device: 0x25a2, class: 0x030200, blocks: 204 });
const CONFIG = 'bios: ovmf\nmachine: q35\nmemory: 4096\nname: dgpu\nscsihw: virtio-scsi-single\n';

function laptop(config = CONFIG, profile = 'optimus'): Simulated {
  const node = simulated(profile);
  node.writeConfig(101, config);
  node.node.machine.tree.setFile('/usr/share/kvm/card.rom', ROM);
  return node;
}

const request = (more: Partial<AssignRequest> = {}): AssignRequest => {
  if (!isBdf(CARD)) throw new Error(CARD);
  return { vmid: 101, gpu: CARD, romfile: 'card.rom', ...more };
};
const planned = async (node: Simulated, more: Partial<AssignRequest> = {}) => {
  const plan = await planAssign(node.context, request(more), { hookStub: HOOK_STUB });
  if (!plan.ok) throw new Error(plan.problem.message);
  return plan.value;
};
const problemOf = async (node: Simulated, more: Partial<AssignRequest>) => {
  const plan = await planAssign(node.context, request(more), { hookStub: HOOK_STUB });
  return plan.ok ? '' : plan.problem.message;
};
const key = (node: Simulated, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(node.config(101))?.[1];

describe('the NVIDIA card of a laptop', () => {
  test('comes with ROM, subsystem ids and tables, starts, and all of it goes again', async () => {
    const node = laptop();
    const before = node.lasting();
    expect(await node.assign(request())).toMatchObject({ ok: true });
    expect(key(node, 'hostpci0')).toBe(`${CARD},pcie=1,romfile=card.rom,sub-vendor-id=0x17aa,sub-device-id=0x3b2c`);
    expect(key(node, 'args')).toMatch(/^-acpitable file=\/var\/lib\/pveigpu\/101\/hostpci0-rom\.aml /);
    expect(key(node, 'hookscript')).toBe('local:snippets/pveigpu-hook');
    expect(await node.assign(request())).toMatchObject({ ok: true, value: [{ steps: [] }] });
    await node.must('qm', 'start', '101');
    await node.must('qm', 'stop', '101');
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(node.lasting()).toEqual(before);
    expect(node.node.machine.tree.get(FOLDER)).toBeUndefined();
  });

  test('the start is refused when a table has changed', async () => {
    const node = laptop();
    await node.assign(request());
    node.node.machine.tree.setFile(`${FOLDER}/hostpci0-rom.aml`, 'x');
    const { exitCode, text } = await node.run('qm', 'start', '101');
    expect(exitCode).not.toBe(0);
    expect(`${text}${node.said.join()}`).toContain('hostpci0-rom.aml is not as pveigpu wrote it');
  });

  test('one verdict for each way, by what the guest has', async () => {
    const node = laptop();
    const rows = async (more: Partial<AssignRequest> = {}) => {
      const { remarks } = await planned(node, more);
      return remarks.filter(({ id }) => OPTIMUS_ROWS.some((row) => id === `optimus.${row.id}`)).map(({ text }) => text);
    };
    const alone = await rows();
    expect(alone).toHaveLength(12);
    expect(alone).toContain(
      'Render on the slice of the Intel GPU as the primary one: works (once the guest has a slice of the Intel GPU too (pveigpu assign)).',
    );
    node.writeConfig(101, `${CONFIG}hostpci5: 0000:00:02.0,pcie=1\n`);
    expect((await rows()).find((text) => text.startsWith('Render on the NVIDIA card with nouveau'))).toContain(
      ': works (when the',
    );
    expect(
      (await rows({ mode: 'gvt-d', whole: { machine: 'pc' } })).find((text) =>
        text.startsWith('Render on the NVIDIA card with nouveau'),
      ),
    ).toContain(': untested (');
  });

  test('on i440fx without pcie, and with another machine the tables follow', async () => {
    const node = laptop('memory: 4096\nname: dgpu\n');
    expect(await node.assign(request())).toMatchObject({ ok: true });
    expect(key(node, 'hostpci0')).not.toContain('pcie');
    expect(node.node.machine.tree.text(`${FOLDER}/tables.json`)).toContain('PCI0.S80');
  });

  test('beside what the guest had: its entry, its args and its tables stay', async () => {
    const node = laptop(`args: -acpitable file=/root/b.aml\n${CONFIG}hostpci1: 0000:01:00,pcie=1,rombar=0\n`);
    node.node.machine.tree.setFile('/root/b.aml', new Uint8Array(300));
    expect(
      await node.assign(request({ optimus: { battery: true, subsystem: { vendor: '1028', device: '07b1' } } })),
    ).toMatchObject({ ok: true });
    expect(key(node, 'hostpci0')).toBeUndefined();
    expect(key(node, 'hostpci1')).toBe('0000:01:00,pcie=1,rombar=0,romfile=card.rom,sub-vendor-id=0x1028,sub-device-id=0x07b1');
    expect(key(node, 'args')).toMatch(/^-acpitable file=\/root\/b\.aml -acpitable .*hostpci1-rom.*battery\.aml/);
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(key(node, 'hostpci1')).toBe('0000:01:00,pcie=1,rombar=0');
    expect(key(node, 'args')).toBe('-acpitable file=/root/b.aml');
  });

  test('through a mapping: the entry gets what is missing, and files of others in our folder stay', async () => {
    const node = laptop(`${CONFIG}hostpci2: mapping=dgpu,pcie=1\n`);
    const map = 'map id=10de:25a2,iommugroup=15,node=pve,path=0000:01:00.0,subsystem-id=17aa:3b2c';
    node.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', `dgpu\n\t${map}\n`, { mode: 0o640, gid: 33 });
    node.node.machine.tree.setFile(`${FOLDER}/notes.aml`, 'mine');
    expect(await node.assign(request())).toMatchObject({ ok: true });
    expect(key(node, 'hostpci2')).toBe('mapping=dgpu,pcie=1,romfile=card.rom,sub-vendor-id=0x17aa,sub-device-id=0x3b2c');
    expect(node.node.machine.tree.text(`${FOLDER}/tables.json`)).toContain('PCI0.SE2.S00');
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(key(node, 'hostpci2')).toBe('mapping=dgpu,pcie=1');
    expect(node.node.machine.tree.names(FOLDER)).toEqual(['notes.aml']);
  });

  test('what stands in the way is said', async () => {
    const node = laptop();
    const { remarks } = await planned(node);
    const ids = remarks.map(({ id }) => id);
    expect(ids).toContain('optimus.bound');
    expect(remarks.find(({ id }) => id === 'optimus.functions')?.text).toContain('0000:01:00.1 of the same card');
    const without = await planAssign(node.context, { vmid: 101, gpu: request().gpu as never }, { hookStub: HOOK_STUB });
    expect(without).toMatchObject({
      ok: true,
      value: { remarks: expect.arrayContaining([expect.objectContaining({ id: 'optimus.no-rom', level: 'blocker' })]) },
    });
    node.writeConfig(102, `${CONFIG}hostpci0: ${CARD}\n`);
    expect((await planned(node)).remarks.find(({ id }) => id === 'slice.shared')?.text).toBe(
      `VM 102 has ${CARD} too; they cannot run together.`,
    );
  });

  test('what does not go with it is refused', async () => {
    const node = laptop();
    expect(await problemOf(node, { mode: 'sriov' })).toContain('no slices of the kind sriov');
    expect(await problemOf(node, { vf: 1 })).toContain('With a card of NVIDIA go');
    expect(await problemOf(node, { whole: { handover: true } })).toContain('With a card of NVIDIA go');
    expect(await problemOf(node, { romfile: '../../etc/shadow' })).toContain('is no bare file name');
    expect(await problemOf(node, { primary: true })).toContain('is no VGA controller, so QEMU does not start');
    expect(await problemOf(node, { romfile: 'none.rom' })).toContain('There is no /usr/share/kvm/none.rom');
    expect(await problemOf(node, { gpu: '0000:00:02.0' as never, optimus: { battery: true } })).toContain(
      'go with a card of NVIDIA',
    );
  });
});

test('a card with outputs gets its ROM and no tables', async () => {
  const node = laptop(CONFIG, 'no-igpu');
  const rom = makeRom({ vendor: 0x10de, device: 0x128b, blocks: 4 });
  node.node.machine.tree.setFile('/usr/share/kvm/card.rom', rom);
  expect(await node.assign(request({ primary: true }))).toMatchObject({ ok: true });
  expect(key(node, 'hostpci0')).toContain('x-vga=1,romfile=card.rom');
  expect(key(node, 'args')).toBeUndefined();
});
