// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { listRoms } from '../../src/app/roms.ts';
import { simulated } from './simulated.ts';

/** A ROM of one legacy image of 1 KiB with its ids and class code, as the PCI Firmware Specification lays it out. */
function rom(vendor: number, device: number, baseClass: number): Uint8Array {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  bytes.set([0x55, 0xaa, 2], 0);
  view.setUint16(0x18, 0x1c, true);
  bytes.set(new TextEncoder().encode('PCIR'), 0x1c);
  view.setUint16(0x20, vendor, true);
  view.setUint16(0x22, device, true);
  view.setUint16(0x26, 0x18, true);
  bytes[0x1c + 0x0f] = baseClass;
  view.setUint16(0x1c + 0x10, 2, true);
  bytes[0x1c + 0x15] = 0x80;
  return bytes;
}

test("ROMs of displays of this machine's makers are listed with what they are for; QEMU's own are not", async () => {
  const machine = simulated('raptor-lake-s');
  const write = async (name: string, bytes: Uint8Array) =>
    expect((await machine.node.writeAtomic(`/usr/share/kvm/${name}`, bytes)).ok).toBe(true);
  await machine.node.mkdir('/usr/share/kvm');
  await write('mine.rom', rom(0x8086, 0xa780, 3));
  await write('other.rom', rom(0x8086, 0x5a85, 3));
  await write('vgabios-qxl.bin', rom(0x1b36, 0x0100, 3));
  await write('efi-e1000.rom', rom(0x8086, 0x100e, 2));
  await write('notes.txt', rom(0x8086, 0xa780, 3));
  await write('broken.rom', new Uint8Array(64));
  const { roms, unknown } = await listRoms(machine.context);
  expect(unknown).toEqual([]);
  expect(roms).toEqual([
    { file: 'mine.rom', bytes: 1024, gpus: ['0000:00:02.0'], fits: true, because: 'It is for 8086:a780.' },
    { file: 'other.rom', bytes: 1024, gpus: [], fits: false, because: 'It is for 8086:5a85, which this machine has not.' },
  ]);
});

test('without the folder there are none', async () => {
  const machine = simulated('raptor-lake-s');
  machine.node.machine.tree.remove('/usr/share/kvm');
  expect(await listRoms(machine.context)).toEqual({ format: 1, roms: [], unknown: [] });
});
