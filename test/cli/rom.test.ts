// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Simulated, simulated } from '../app/simulated.ts';
import { makeRom, nucRom } from '../support/option-rom.ts';
import { jsonOf, sentence, typed, wholeTree } from './command-line.ts';

const ROM = '/root/igd.rom';
const FIXED = '/root/igd.fixed.rom';

function node(rom: Uint8Array = nucRom()): Simulated {
  const one = simulated('apollo-lake');
  one.node.machine.tree.setFile(ROM, rom);
  return one;
}

function file({ node: { machine } }: Simulated, path: string): Uint8Array | undefined {
  const found = machine.tree.get(path);
  return found?.kind === 'file' && typeof found.content !== 'string' ? found.content : undefined;
}

const backupOf = (one: Simulated) => Object.keys(wholeTree(one)).find((path) => path.endsWith('.bak')) ?? '';

describe('rom info', () => {
  test('says what is in the ROM of a NUC6CAYH, and what is wrong with it for its GPU', async () => {
    const ran = await typed(node(), `rom info ${ROM} --for 00:02.0`);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/^0h +legacy x86 +8086:0406 +030000 +0\/1 +65536 +wrong +last$/m);
    expect(ran.out).toMatch(/^error bad-checksum at 0h: /m);
    expect(ran.out).toMatch(/^warning other-device: .*\(8086:5a85\)$/m);
  });

  test('the same as a value', async () => {
    const ran = await typed(node(makeRom({})), `rom info ${ROM} --json`);
    expect(jsonOf(ran)).toMatchObject({
      kind: 'rom-info',
      source: ROM,
      rom: { sizeBytes: 1024, findings: [], images: [{ device: '5a85' }] },
    });
  });

  test('in the words of rom-parser', async () => {
    const ran = await typed(node(makeRom({ device: 0x139b, vendor: 0x10de, class: 0x030200 })), `rom info ${ROM} --rom-parser`);
    expect(ran.out).toBe(
      'Valid ROM signature found @0h, PCIR offset 40h\n\tPCIR: type 0 (x86 PC-AT), vendor: 10de, device: 139b, class: 030200\n\tPCIR: revision 0, vendor revision: 1\n\tLast image\n',
    );
  });

  test('of a device reads what the device gives, and compares it with the device', async () => {
    const one = node();
    one.node.inject({ rom: nucRom() });
    const before = wholeTree(one);
    const ran = await typed(one, 'rom info 00:02.0');
    expect(ran.out).toContain('warning other-device');
    expect(wholeTree(one)).toEqual(before);
  });

  test.each([
    ['rom info /root/none.rom', 'There is no file /root/none.rom.', 1],
    ['rom info /root', '/root is no file.', 1],
    ['rom info 09:00.0', 'There is no device at 0000:09:00.0.', 6],
    [`rom info ${ROM} --for x`, '"x" is not a PCI address.', 2],
  ])('%s', async (line, message, code) => {
    const ran = await typed(node(), line);
    expect([sentence(ran), ran.code]).toEqual([message, code]);
  });
});

describe('rom dump', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pveigpu-rom-'));
  const inFolder = (name: string) => join(folder, name);
  afterEach(() => {
    for (const name of readdirSync(folder)) rmSync(inFolder(name));
  });

  test('writes what the device gives, on the machine of an absolute path, and nothing over another file', async () => {
    const one = node();
    one.node.inject({ rom: nucRom() });
    const first = await typed(one, 'rom dump 00:02.0 /root/new.rom');
    expect(first.out).toContain('/root/new.rom  65536 bytes');
    expect(file(one, '/root/new.rom')).toEqual(nucRom());
    expect(sentence(await typed(one, 'rom dump 00:02.0 /root/new.rom'))).toBe('/root/new.rom exists already.');
    expect((await typed(one, 'rom dump 00:02.0 /root/new.rom --force --json')).code).toBe(1);
  });

  test('a relative name lies where the command was typed, by default with ids and hash', async () => {
    const one = node();
    one.node.inject({ rom: makeRom({}) });
    const here = process.cwd();
    process.chdir(folder);
    try {
      const ran = await typed(one, 'rom dump 00:02.0 --json');
      expect(ran.code).toBe(0);
      const [name = ''] = readdirSync(folder);
      expect(name).toMatch(/^vbios_8086_5a85_[0-9a-f]{8}\.rom$/);
      expect(jsonOf(ran)).toMatchObject({ kind: 'rom-dump', source: 'sysfs', file: inFolder(name), rom: { sizeBytes: 1024 } });
      expect(new Uint8Array(readFileSync(inFolder(name)))).toEqual(makeRom({}));
      expect((await typed(one, `rom info ${name}`)).code).toBe(0);
    } finally {
      process.chdir(here);
    }
  });

  test('knows its sources', async () => {
    expect(sentence(await typed(node(), 'rom dump 00:02.0 --source pci'))).toBe('"pci" is no source of a ROM.');
  });
});

describe('rom fix', () => {
  const SEED = ['n', 'y', '5a85', 'y', 'y'];

  test('asks the questions of rom-fixer, and the answers of the NUC6CAYH guide give its GPU a ROM', async () => {
    const one = node();
    const ran = await typed(one, `rom fix ${ROM}`, { lines: SEED });
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(
      [
        'Valid ROM signature found @0h, PCIR offset 40h',
        '\tPCIR: type 0 (x86 PC-AT), vendor: 8086, device: 0406, class: 030000',
        '\tPCIR: revision 0, vendor revision: 1',
        '',
        'Modify vendor ID 8086? (y/n): n',
        'Modify device ID 0406? (y/n): y',
        'New device ID: 5a85',
        'Overwrite device ID with 5a85? (y/n): y',
        '\tLast image',
        'ROM checksum is invalid, fix? (y/n): y',
      ].join('\n'),
    );
    expect(file(one, ROM)).toEqual(nucRom());
    expect(file(one, backupOf(one))).toEqual(nucRom());
    expect((await typed(one, `rom info ${FIXED} --for 00:02.0`)).code).toBe(0);
    expect((await typed(one, `rom info ${FIXED} --for 00:02.0 --json`)).out).toContain('"findings": []');
  });

  test.each(Array.from({ length: SEED.length }, (_, count) => SEED.slice(0, count)))(
    'an end after %j writes nothing',
    async (...lines) => {
      const one = node();
      const before = wholeTree(one);
      const ran = await typed(one, `rom fix ${ROM}`, { lines });
      expect([sentence(ran), ran.code]).toEqual(['The input ended before the last answer, so nothing was written.', 2]);
      expect(wholeTree(one)).toEqual(before);
    },
  );

  test('piped answers are answers, and nothing piped in is an end', async () => {
    expect((await typed(node(), `rom fix ${ROM}`, { input: SEED.join('\n') })).code).toBe(0);
    expect(sentence(await typed(node(), `rom fix ${ROM}`, { input: '' }))).toMatch(/^The input ended/);
    expect(sentence(await typed(node(), `rom fix ${ROM}`))).toMatch(/^Nobody is here to confirm/);
  });

  test('who does not want what he typed is asked again, and nonsense is no answer', async () => {
    const ran = await typed(node(), `rom fix ${ROM}`, {
      lines: ['what', 'n', 'y', 'xyz', 'y', '1111', 'n', 'y', '5A85', 'y', 'n'],
    });
    expect(ran.out.match(/Unrecognized response, try again/g)).toHaveLength(2);
    expect(ran.out).toMatch(/^0h +device +0406 +5a85$/m);
    expect(ran.out).not.toMatch(/^0h +checksum/m);
  });

  test('a ROM with a right checksum that nobody changes stays', async () => {
    const ran = await typed(node(makeRom({})), `rom fix ${ROM}`, { lines: ['n', 'n'] });
    expect(ran.out).toContain('\tLast image\nROM checksum OK\nThere is nothing to change in this ROM.\n');
  });

  test('--device --yes does it without a question; again it changes nothing', async () => {
    const one = node();
    expect((await typed(one, `rom fix ${ROM} --device 5a85 --yes`)).code).toBe(0);
    const after = wholeTree(one);
    const again = await typed(one, `rom fix ${ROM} --device 0x5A85 --yes`);
    expect(again.out).toContain(`${FIXED} has exactly this ROM already.`);
    const fixed = await typed(one, `rom fix ${FIXED} --device 5a85 --yes`);
    expect([fixed.code, fixed.out]).toEqual([0, 'There is nothing to change in this ROM.\n']);
    expect(wholeTree(one)).toEqual(after);
  });

  test('--for takes the id from the machine, and no ROM of another maker', async () => {
    const one = node();
    expect((await typed(one, `rom fix ${ROM} --for 00:02.0 --yes --json`)).out).toContain('"after": "5a85"');
    const other = node(makeRom({ vendor: 0x1002 }));
    expect(sentence(await typed(other, `rom fix ${ROM} --for 00:02.0 --yes`))).toMatch(/^The ROM is for 1002:5a85, which/);
    expect((await typed(other, `rom fix ${ROM} --for 00:02.0 --yes --force`)).code).toBe(0);
  });

  test('in place only when that is asked for, and the copy restores the original byte for byte', async () => {
    const one = node();
    expect((await typed(one, `rom fix ${ROM} --device 5a85 --in-place --yes`)).code).toBe(0);
    expect(file(one, ROM)).not.toEqual(nucRom());
    expect(file(one, backupOf(one))).toEqual(nucRom());
    expect(file(one, FIXED)).toBeUndefined();
  });

  test('of a ROM of two images only the legacy one is changed; its sum is its own', async () => {
    const rom = makeRom({ device: 0x0406 }, { codeType: 3, device: 0x0406, blocks: 3 });
    const one = node(rom);
    await typed(one, `rom fix ${ROM} --device 5a85 --yes`);
    const fixed = file(one, FIXED) ?? new Uint8Array();
    expect(fixed.slice(1024)).toEqual(rom.slice(1024));
    const info = jsonOf(await typed(one, `rom info ${FIXED} --json`));
    expect(info).toMatchObject({ rom: { images: [{ device: '5a85', checksumOk: true }, { device: '0406' }] } });
    await typed(one, `rom fix ${ROM} --device 5a85 --efi --output /root/both.rom --yes`);
    const both = file(one, '/root/both.rom') ?? new Uint8Array();
    expect([...both.keys()].filter((at) => at >= 1024 && both[at] !== rom[at])).toEqual([1024 + 0x46, 1024 + 0x47]);
  });

  test('an EFI ROM has nothing to mend', async () => {
    const one = node(makeRom({ codeType: 3, device: 0x0406 }));
    expect(sentence(await typed(one, `rom fix ${ROM} --device 5a85 --yes`))).toMatch(/^There is no legacy image/);
    expect((await typed(one, `rom fix ${ROM} --device 5a85 --efi --image 1 --yes`)).code).toBe(0);
  });

  test('a ROM of NVIDIA is not changed without force', async () => {
    const one = node(makeRom({ vendor: 0x10de, checksumError: 1 }));
    const before = wholeTree(one);
    const ran = await typed(one, `rom fix ${ROM} --device 1234 --yes`);
    expect([sentence(ran), ran.code]).toEqual([expect.stringMatching(/^This is a ROM of NVIDIA/), 6]);
    expect(wholeTree(one)).toEqual(before);
    expect((await typed(one, `rom fix ${ROM} --device 1234 --yes --force`)).code).toBe(0);
  });

  test.each([
    [nucRom().slice(0, 0x8000), /^A part of the ROM is missing/],
    [new Uint8Array(512).fill(0xff), /^This is no option ROM/],
    [new TextEncoder().encode('<html>'), /^This is no option ROM/],
  ])('what is no whole ROM is refused, with force too', async (rom, message) => {
    const one = node(rom);
    const before = wholeTree(one);
    expect(sentence(await typed(one, `rom fix ${ROM} --device 5a85 --yes --force`))).toMatch(message);
    expect(wholeTree(one)).toEqual(before);
  });

  test('asks before it writes what options named; --dry-run and no write nothing; values need --yes', async () => {
    const one = node();
    const before = wholeTree(one);
    for (const options of ['--dry-run', '--dry-run --json', '--json', ''])
      await typed(one, `rom fix ${ROM} --device 5a85 ${options}`.trim(), { answer: 'no' });
    expect(wholeTree(one)).toEqual(before);
    expect((await typed(one, `rom fix ${ROM} --device 5a85`, { answer: 'yes' })).code).toBe(0);
    expect(file(one, FIXED)).toBeDefined();
  });

  test('another ROM under the name of the new one is not overwritten', async () => {
    const one = node();
    one.node.machine.tree.setFile(FIXED, makeRom({}));
    expect(sentence(await typed(one, `rom fix ${ROM} --device 5a85 --yes`))).toBe(`${FIXED} exists already and is another ROM.`);
    expect((await typed(one, `rom fix ${ROM} --device 5a85 --yes --force`)).code).toBe(0);
  });

  test.each([
    ['--device 12345', '"12345" is no device id.'],
    ['--vendor z', '"z" is no vendor id.'],
    ['--class 1234567', '"1234567" is no class.'],
    ['--image 2', 'There is no image 2.'],
  ])('%s', async (options, message) => {
    expect(sentence(await typed(node(), `rom fix ${ROM} ${options} --yes`))).toBe(message);
  });
});

test('a file of the place where the command is typed is read there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pveigpu-rom-'));
  const here = process.cwd();
  process.chdir(folder);
  try {
    writeFileSync('x.rom', nucRom());
    expect((await typed(node(), 'rom fix x.rom --device 5a85 --yes')).code).toBe(0);
    expect(readdirSync('.').sort()).toEqual([expect.stringMatching(/^x\.fixed\.rom$/), 'x.rom', expect.stringMatching(/\.bak$/)]);
  } finally {
    process.chdir(here);
    rmSync(folder, { recursive: true });
  }
});
