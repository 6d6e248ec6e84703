// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argsItems } from '../../../src/core/guest/args-items.ts';
import { type ArgsLine, appendWords, hasWords, parseArgs, printArgs, removeWords } from '../../../src/core/guest/args-line.ts';
import { keptArgs } from '../../../src/core/guest/kept-args.ts';

function read(text: string): ArgsLine {
  const line = parseArgs(text);
  if (!line.ok) throw new Error(line.problem.message);
  return line.value;
}

const OURS = ['-set', 'device.hostpci0.x-igd-opregion=on'];
const anyArgs = fc
  .array(fc.constantFrom('-S', ' ', '  ', "'a b'", '"c\\"d"', 'x\\ y', '-smbios type=1', '\t', ...OURS))
  .map((parts) => parts.join(''));

describe('an args line', () => {
  test('prints back byte for byte', () => {
    fc.assert(fc.property(anyArgs, (text) => printArgs(read(text)) === text));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const line = parseArgs(text);
        if (line.ok) expect(printArgs(line.value)).toBe(text);
      }),
      { numRuns: 400 },
    );
  });

  test('gets its bytes back when what was added goes', () => {
    const words = fc.array(
      fc.string({ minLength: 1 }).map((word) => word.replace(/\n/g, '')),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(anyArgs, fc.oneof(fc.constant(OURS), words), (text, added) => {
        const longer = appendWords(read(text), added);
        expect(longer.words.slice(-added.length).map((word) => word.value)).toEqual(added);
        const back = removeWords(longer, added);
        expect(back?.text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('loses words in its middle or at its start with one blank, and keeps all else', () => {
    expect(removeWords(read(`-S  ${OURS.join(' ')} -name 'x y'`), OURS)?.text).toBe("-S  -name 'x y'");
    expect(removeWords(read(`${OURS.join('  ')} -S`), OURS)?.text).toBe('-S');
    expect(removeWords(read('-S'), OURS)).toBeUndefined();
    expect(hasWords(read(`-S ${OURS.join(' ')}`), OURS)).toBe(true);
  });

  test('that PVE cannot split is refused with a sentence', () => {
    expect(parseArgs("-name 'x")).toMatchObject({ ok: false, problem: { code: 'guest.config' } });
  });
});

describe('argsItems', () => {
  test('recognises what the guides write', () => {
    const items = argsItems(
      read(
        '-device vfio-pci,host=00:02.0,addr=0x2,x-igd-opregion=on -set device.hostpci0.x-vga=on --readconfig /run/pveigpu/100.cfg ' +
          '-acpitable file=/x.bin -S -smbios \'type=1,serial=A B\' -device e1000 -device \'{"driver":"vfio-pci","host":"0000:00:02.1","id":"gpu"}\'',
      ),
    );
    expect(items.map(({ at, count, ...item }) => item)).toEqual([
      { kind: 'vfio-device', driver: 'vfio-pci', host: '0000:00:02.0' },
      { kind: 'set', device: 'hostpci0', property: 'x-vga', value: 'on' },
      { kind: 'readconfig', path: '/run/pveigpu/100.cfg' },
      { kind: 'acpitable', value: 'file=/x.bin' },
      { kind: 'other', option: '-S' },
      { kind: 'other', option: '-smbios' },
      { kind: 'other', option: '-device' },
      { kind: 'vfio-device', driver: 'vfio-pci', host: '0000:00:02.1', id: 'gpu' },
    ]);
    expect(items.map((item) => [item.at, item.count])).toEqual([
      [0, 2],
      [2, 2],
      [4, 2],
      [6, 2],
      [8, 1],
      [9, 2],
      [11, 2],
      [13, 2],
    ]);
  });

  test('reads a device by its path in sysfs, and a doubled comma as one', () => {
    const [item] = argsItems(read('-device vfio-pci-nohotplug,sysfsdev=/sys/bus/mdev/devices/u,,v,display=on'));
    expect(item).toMatchObject({ kind: 'vfio-device', driver: 'vfio-pci-nohotplug', sysfsdev: '/sys/bus/mdev/devices/u,v' });
  });

  test('leaves a name with a dot to QEMU, which cannot address it either', () => {
    expect(argsItems(read('-set device.hostpci0.0.x=on'))[0]).toMatchObject({ kind: 'set', device: 'hostpci0', property: '0.x' });
  });
});

describe('keptArgs', () => {
  test('masks all that is not about passthrough', () => {
    expect(
      keptArgs(
        "-smbios 'type=1,serial=SECRET X' -device vfio-pci,host=00:02.0 -uuid 1-2 -set device.scsi0.serial=SECRET -cpu host stray",
      ),
    ).toBe('-smbios _ -device vfio-pci,host=00:02.0 -uuid _ -set device._._=_ -cpu host _');
    expect(keptArgs("-name 'SECRET")).toBe("'");
  });

  test('done twice is done once, and the items stay', () => {
    fc.assert(
      fc.property(anyArgs, (text) => {
        const kept = keptArgs(text);
        expect(keptArgs(kept)).toBe(kept);
        const graphics = (line: string) => argsItems(read(line)).filter((item) => item.kind !== 'other');
        expect(graphics(kept)).toEqual(graphics(text));
      }),
      { numRuns: 200 },
    );
  });
});
