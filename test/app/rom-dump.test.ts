// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { dumpRom, type RomSource } from '../../src/app/rom-dump.ts';
import type { Bdf } from '../../src/core/pci/address.ts';
import { joined, makeRom, nucRom } from '../support/option-rom.ts';
import { type Simulated, simulated } from './simulated.ts';

const BDF = '0000:00:02.0' as Bdf;
const DEVICE = '/sys/devices/pci0000:00/0000:00:02.0';

function node(rom?: Uint8Array): Simulated {
  const one = simulated('apollo-lake');
  if (rom !== undefined) one.node.inject({ rom });
  return one;
}

const dump = (one: Simulated, source: RomSource = 'sysfs', force = false) => dumpRom(one.context, { bdf: BDF, source, force });

/** Everything of the device that a dump may switch. */
function switches({ node: { machine } }: Simulated) {
  const text = (name: string) => machine.tree.text(`${DEVICE}/${name}`)?.trim();
  const rom = machine.tree.get(`${DEVICE}/rom`);
  return { enable: text('enable'), control: text('power/control'), romErrno: rom?.kind === 'file' ? rom.unreadable : undefined };
}

/** The device without a driver, and not decoding. */
function unbound(one: Simulated): void {
  const { machine } = one.node;
  if (machine.kernel.driverOf(BDF) !== null)
    machine.kernel.write(`/sys/bus/pci/drivers/${machine.kernel.driverOf(BDF)}/unbind`, BDF);
  const config = machine.tree.get(`${DEVICE}/config`);
  if (config?.kind !== 'file' || typeof config.content === 'string') throw new Error('no config space');
  config.content = config.content.map((byte, at) => (at === 4 ? byte & ~2 : byte));
  machine.tree.setFile(`${DEVICE}/enable`, '0\n');
}

describe('from the device', () => {
  test('the bytes are those that it gives, and all is switched back', async () => {
    const rom = nucRom();
    const one = node(rom);
    const before = switches(one);
    const dumped = await dump(one);
    expect(dumped).toMatchObject({ ok: true, value: { source: 'sysfs', device: { bdf: BDF } } });
    expect(dumped.ok && dumped.value.content).toEqual(rom);
    expect(dumped.ok && dumped.value.info.findings.map(({ id }) => id)).toEqual(['bad-checksum', 'other-device']);
    expect(switches(one)).toEqual(before);
    expect(before.romErrno).toBe('EINVAL');
  });

  test('a device that sleeps is woken, and may sleep again', async () => {
    const one = node(makeRom({}));
    one.node.machine.tree.setFile(`${DEVICE}/power_state`, 'D3hot\n');
    one.node.machine.tree.setFile(`${DEVICE}/power/control`, 'auto\n');
    expect(await dump(one)).toMatchObject({ ok: true });
    expect(switches(one)).toMatchObject({ control: 'auto', romErrno: 'EINVAL' });
  });

  test('a device without a driver that does not decode is enabled, and disabled again', async () => {
    const one = node(makeRom({}));
    unbound(one);
    const before = switches(one);
    expect(await dump(one)).toMatchObject({ ok: true });
    expect(switches(one)).toEqual(before);
    expect(before.enable).toBe('0');
  });

  test('a device that gives none is said to, and its ROM is switched off all the same', async () => {
    const one = node();
    expect(await dump(one)).toMatchObject({
      ok: false,
      problem: { code: 'gpu.cannot', message: expect.stringContaining('EIO') },
    });
    expect(switches(one).romErrno).toBe('EINVAL');
  });

  test.each(['rom', 'power/control', 'enable'])('where %s refuses every write, nothing stays switched on', async (name) => {
    const one = simulated('apollo-lake', {
      faults: { errno: (operation, path) => (operation === 'poke' && path.endsWith(`/${name}`) ? 'EIO' : undefined) },
    });
    one.node.inject({ rom: makeRom({}) });
    unbound(one);
    one.node.machine.tree.setFile(`${DEVICE}/power_state`, 'D3hot\n');
    one.node.machine.tree.setFile(`${DEVICE}/power/control`, 'auto\n');
    const dumped = await dump(one);
    expect(dumped).toMatchObject({ ok: false, problem: { message: expect.stringContaining(name) } });
    expect(switches(one)).toEqual({ enable: '0', control: 'auto', romErrno: 'EINVAL' });
  });

  test('a read that fails leaves nothing switched on', async () => {
    const one = simulated('apollo-lake', {
      faults: { errno: (operation, path) => (operation === 'read' && path.endsWith('/rom') ? 'ETIMEDOUT' : undefined) },
    });
    one.node.inject({ rom: makeRom({}) });
    expect(await dump(one)).toMatchObject({ ok: false, problem: { message: expect.stringContaining('ETIMEDOUT') } });
    expect(switches(one).romErrno).toBe('EINVAL');
  });

  test('the copy that the firmware left in memory is told from the ROM', async () => {
    const one = node(nucRom());
    const path = `${DEVICE}/resource`;
    const lines = (one.node.machine.tree.text(path) ?? '').split('\n');
    lines[6] = '0x00000000000c0000 0x00000000000dffff 0x0000000000000212';
    one.node.machine.tree.setFile(path, lines.join('\n'));
    const dumped = await dump(one);
    expect(dumped.ok && dumped.value.remarks).toEqual([expect.stringContaining('copy of the ROM in memory at c0000')]);
  });

  test('only ones are no ROM', async () => {
    const dumped = await dump(node(new Uint8Array(0x20000).fill(0xff)));
    expect(dumped.ok && dumped.value.info.findings.map(({ id }) => id)).toEqual(['empty']);
  });

  test('what Linux leaves out of the ROM of a Kepler or Turing card is noticed', async () => {
    const legacy = { vendor: 0x10de, device: 0x0fc6, npde: { blocks: 2 } };
    const efi = { vendor: 0x10de, codeType: 3, isLast: true, npde: { blocks: 2 }, pciOffset: 0x1c };
    const hidden = { vendor: 0x10de, codeType: 0x70, signature: [0x56, 0x4e], pciSignature: 'NPDS' } as const;
    const whole = makeRom({ ...legacy, isLast: false }, efi, hidden);
    const findings = async (rom: Uint8Array) => {
      const dumped = await dump(node(rom));
      return dumped.ok ? dumped.value.info.findings.map(({ id }) => id) : [];
    };
    expect(await findings(whole)).not.toContain('private-images-cut');
    expect(await findings(whole.slice(0, 2048))).toContain('private-images-cut');
  });

  test('a device that a guest has is left alone without force', async () => {
    const one = node(makeRom({}));
    one.node.machine.tree.setFile('/run/qemu-server/pci-id-reservations', `${BDF} 101 time:99999999999\n`);
    expect(await dump(one)).toMatchObject({ ok: false, problem: { message: expect.stringContaining('VM 101') } });
    expect(await dump(one, 'sysfs', true)).toMatchObject({ ok: true });
  });

  test('a device without a ROM window, and one that is not there', async () => {
    const one = node(makeRom({}));
    one.node.machine.tree.remove(`${DEVICE}/rom`);
    expect(await dump(one)).toMatchObject({ ok: false, problem: { code: 'gpu.cannot' } });
    const gone = await dumpRom(one.context, { bdf: '0000:09:00.0' as Bdf, source: 'sysfs' });
    expect(gone).toMatchObject({ ok: false, problem: { code: 'gpu.none' } });
  });
});

describe('through ACPI', () => {
  function withMethod(acpiRom: Uint8Array): Simulated {
    const one = simulated('apollo-lake');
    one.node.machine.tree.setFile(`${DEVICE}/firmware_node/path`, '\\_SB_.PCI0.GFX0\n');
    one.node.machine.tree.setFile('/proc/acpi/call', 'not called\0', { mode: 0o600 });
    one.node.inject({ acpiRom });
    return one;
  }

  test.each([
    ['of two images that end within a page', makeRom({ blocks: 9 }, { codeType: 3, blocks: 4 })],
    ['of whole pages', makeRom({ blocks: 16 })],
    ['with private images behind it', makeRom({ blocks: 3, npde: { blocks: 3 } }, { vendor: 0x10de, codeType: 0x70, blocks: 7 })],
  ])('a ROM %s comes byte for byte, 42 in a call', async (_, rom) => {
    const dumped = await dump(withMethod(rom), 'acpi');
    expect(dumped.ok && dumped.value.content).toEqual(rom);
  });

  test('a firmware without the method, a kernel without the module, a device without a node', async () => {
    const one = withMethod(makeRom({}));
    one.node.inject({});
    expect(await dump(one, 'acpi')).toMatchObject({ ok: false, problem: { message: expect.stringContaining('AE_NOT_FOUND') } });
    one.node.machine.tree.remove('/proc/acpi/call');
    expect(await dump(one, 'acpi')).toMatchObject({ ok: false, problem: { hint: expect.stringContaining('acpi-call-dkms') } });
    one.node.machine.tree.remove(`${DEVICE}/firmware_node`);
    expect(await dump(one, 'acpi')).toMatchObject({ ok: false, problem: { message: expect.stringContaining('no node') } });
  });

  test('a path that is no path is not called', async () => {
    const one = withMethod(makeRom({}));
    one.node.machine.tree.setFile(`${DEVICE}/firmware_node/path`, '\\_SB_.X 1 2; y\n');
    expect(await dump(one, 'acpi')).toMatchObject({ ok: false, problem: { code: 'gpu.cannot' } });
  });
});

describe('from files of others', () => {
  test.each(['128', BDF])('what nouveau runs with, below dri/%s', async (name) => {
    const one = node();
    const rom = makeRom({ vendor: 0x10de });
    one.node.machine.tree.setFile('/sys/kernel/debug/dri/1/name', 'i915 dev=0000:00:07.0 unique=0000:00:07.0\n');
    one.node.machine.tree.setFile(`/sys/kernel/debug/dri/${name}/name`, `nouveau dev=${BDF} unique=${BDF}\n`);
    one.node.machine.tree.setFile(`/sys/kernel/debug/dri/${name}/vbios.rom`, rom);
    const dumped = await dump(one, 'nouveau');
    expect(dumped.ok && dumped.value.content).toEqual(rom);
    expect(await dump(node(), 'nouveau')).toMatchObject({ ok: false, problem: { hint: expect.stringContaining('nouveau') } });
  });

  test('the table VFCT: the ROM for the id of the device', async () => {
    const one = node();
    const [other, rom] = [makeRom({ device: 0x1111 }), makeRom({ blocks: 3 })];
    const entry = (device: number, content: Uint8Array) => {
      const head = new DataView(new ArrayBuffer(0x1c));
      head.setUint32(4, 2, true);
      head.setUint16(0x0c, 0x8086, true);
      head.setUint16(0x0e, device, true);
      head.setUint32(0x18, content.length, true);
      return joined([new Uint8Array(head.buffer), content]);
    };
    const head = new Uint8Array(0x4c);
    head.set(new TextEncoder().encode('VFCT'));
    head[0x34] = 0x4c;
    const table = joined([head, entry(0x1111, other), entry(0x5a85, rom)]);
    one.node.machine.tree.setFile('/sys/firmware/acpi/tables/VFCT', table);
    const dumped = await dump(one, 'vfct');
    expect(dumped.ok && dumped.value.content).toEqual(rom);
    one.node.machine.tree.setFile('/sys/firmware/acpi/tables/VFCT', table.slice(0, -1));
    expect(await dump(one, 'vfct')).toMatchObject({ ok: false, problem: { hint: expect.stringContaining('8086:1111') } });
    expect(await dump(node(), 'vfct')).toMatchObject({ ok: false, problem: { hint: expect.stringContaining('no such table') } });
  });
});
