// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { type Simulated, simulated } from '../app/simulated.ts';
import { makeRom, nucRom } from '../support/option-rom.ts';
import { jsonOf, sentence, typed } from './command-line.ts';

const FILE = '/root/igd.rom';
const INSTALLED = '/usr/share/kvm/igd.rom';
const NOTE = `${INSTALLED}.pveigpu.json`;
const RIGHT = makeRom({ device: 0x5a85 });

function node(rom: Uint8Array = RIGHT): Simulated {
  const one = simulated('apollo-lake');
  one.node.machine.tree.setFile(FILE, rom);
  return one;
}

function content({ node: { machine } }: Simulated, path: string): Uint8Array | undefined {
  const found = machine.tree.get(path);
  if (found?.kind !== 'file') return undefined;
  return typeof found.content === 'string' ? new TextEncoder().encode(found.content) : found.content;
}

const unwrapped = (text: string) => text.replace(/\s+/g, ' ');
const guestWith = (rom: string) =>
  `cores: 1\nhostpci0: 0000:00:02.0,legacy-igd=1,romfile=${rom}\nmemory: 64\nname: igd\nvga: none\n`;

describe('rom install', () => {
  test('writes the file and what it is, once', async () => {
    const one = node();
    const ran = await typed(one, `rom install ${FILE} --for 00:02.0 --source "board of a NUC" --yes`);
    expect(ran.code).toBe(0);
    expect(content(one, INSTALLED)).toEqual(RIGHT);
    expect(JSON.parse(one.node.machine.tree.text(NOTE) ?? '')).toMatchObject({
      format: 1,
      sizeBytes: RIGHT.length,
      ids: ['8086:5a85'],
      source: 'board of a NUC',
      device: '0000:00:02.0 8086:5a85',
      installed: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const again = jsonOf(await typed(one, `rom install ${FILE} --for 00:02.0 --source "board of a NUC" --yes --json`));
    expect(again).toMatchObject({ outcome: 'not-applied', plans: [{ changes: [], remarks: [] }] });
  });

  test('--all-nodes is noted, and the nodes that still need it are named', async () => {
    const one = node();
    const nodelist = { pve: { id: 1, online: 1 }, pve2: { id: 2, online: 1 }, pve3: { id: 3, online: 0 } };
    one.node.machine.tree.setFile(
      '/etc/pve/.members',
      JSON.stringify({ nodename: 'pve', version: 3, cluster: { nodes: 3, quorate: 1 }, nodelist }),
    );
    const ran = await typed(one, `rom install ${FILE} --all-nodes --yes`);
    expect(ran.code, ran.err).toBe(0);
    expect(unwrapped(ran.out)).toContain('It is written on this node only; pve2, pve3 need it too.');
    expect(JSON.parse(one.node.machine.tree.text(NOTE) ?? '').allNodes).toBe(true);
    expect(jsonOf(await typed(one, 'rom list --json')).roms).toMatchObject([{ file: 'igd.rom', allNodes: true }]);
    // Taken back by asking again without it: the note alone changes.
    expect((await typed(one, `rom install ${FILE} --yes`)).code).toBe(0);
    expect(JSON.parse(one.node.machine.tree.text(NOTE) ?? '').allNodes).toBe(false);
  });

  test('a dry run shows size and hash, and writes nothing', async () => {
    const one = node();
    const before = one.node.persistentFiles();
    const ran = await typed(one, `rom install ${FILE} --dry-run`);
    expect(ran.out).toMatch(/\+.*1024 bytes/);
    expect(one.node.persistentFiles()).toEqual(before);
  });

  test.each([
    ['for another device', nucRom(), '', 'The ROM is for 8086:0406, and 0000:00:02.0 is 8086:5a85.', 6],
    ['cut off', RIGHT.slice(0, 900), '', 'The ROM is damaged (truncated', 1],
    ['that is none', new TextEncoder().encode('text'), '', 'It is no option ROM.', 1],
    ['that is a driver', new Uint8Array([0x4d, 0x5a, 0x90, 0]), '', 'It is a driver of EFI and no option ROM', 1],
  ])('a ROM %s is refused without --force', async (_what, rom, options, text, code) => {
    const one = node(rom);
    const ran = await typed(one, `rom install ${FILE} --yes ${options}`);
    expect([ran.code, content(one, INSTALLED)]).toEqual([code, undefined]);
    expect(ran.out).toContain(text);
    expect((await typed(one, `rom install ${FILE} --yes --force`)).code).toBe(0);
    expect(content(one, INSTALLED)).toEqual(rom);
  });

  test('a file of somebody else stays without --force, our own is replaced with a warning', async () => {
    const one = node();
    one.node.machine.tree.setFile(INSTALLED, nucRom());
    one.writeConfig(101, guestWith('igd.rom'));
    const refused = await typed(one, `rom install ${FILE} --yes`);
    expect(refused.code).toBe(5);
    expect(unwrapped(refused.out)).toContain('which pveigpu did not install. VM 101 will get the new one at the next start.');
    expect(content(one, INSTALLED)).toEqual(nucRom());
    expect((await typed(one, `rom install ${FILE} --yes --force`)).code).toBe(0);
    one.node.machine.tree.setFile('/root/newer.rom', makeRom({ device: 0x5a85, blocks: 4 }));
    const replaced = await typed(one, 'rom install /root/newer.rom --name igd.rom --yes');
    expect(replaced.code).toBe(0);
    expect(unwrapped(replaced.out)).toContain(`It replaces igd.rom from ${FILE}. VM 101 will get the new one at the next start.`);
  });

  test.each([
    [`rom install ${FILE} --name ../x --yes`, '"../x" is no name for a ROM file.', 2],
    [`rom install ${FILE} --name "a b" --yes`, '"a b" is no name for a ROM file.', 2],
    [`rom install ${FILE} --name x.pveigpu.json --yes`, '"x.pveigpu.json" is no name for a ROM file.', 2],
    ['rom install /root/none.rom --yes', 'There is no file /root/none.rom.', 1],
    [`rom install ${FILE} --for 09:00.0 --yes`, 'There is no device at 0000:09:00.0.', 6],
  ])('%s', async (line, message, code) => {
    const ran = await typed(node(), line);
    expect([sentence(ran), ran.code]).toEqual([message, code]);
  });
});

describe('taken back', () => {
  const files = (one: Simulated) => [content(one, INSTALLED), content(one, NOTE)];

  test('by rollback of the run, and by rollback --all', async () => {
    for (const line of ['rollback 1 --yes', 'rollback --all --yes']) {
      const one = node();
      // on a node the folder is pve-qemu-kvm's
      one.node.machine.tree.setFile('/usr/share/kvm/vgabios.bin', 'of QEMU');
      const before = one.lasting();
      expect((await typed(one, `rom install ${FILE} --yes`)).code).toBe(0);
      expect((await typed(one, line)).code).toBe(0);
      expect(files(one)).toEqual([undefined, undefined]);
      expect(one.lasting()).toEqual(before);
      expect(jsonOf(await typed(one, `${line} --json`))).toMatchObject({ outcome: 'not-applied' });
    }
  });

  test('what stood there before comes back byte for byte', async () => {
    const one = node();
    one.node.machine.tree.setFile(INSTALLED, nucRom());
    await typed(one, `rom install ${FILE} --yes --force`);
    expect((await typed(one, 'rollback --all --yes')).code).toBe(0);
    expect(files(one)).toEqual([nucRom(), undefined]);
  });

  test('but not a file that a guest names, nor one that was changed since', async () => {
    const one = node();
    await typed(one, `rom install ${FILE} --yes`);
    one.writeConfig(101, guestWith('igd.rom'));
    const kept = await typed(one, 'rollback --all --yes');
    expect(kept.out).toContain('igd.rom stays: VM 101 names it.');
    expect(files(one)[0]).toEqual(RIGHT);
    one.writeConfig(101, 'cores: 1\nmemory: 64\nname: igd\n');
    one.node.machine.tree.setFile(INSTALLED, nucRom());
    const changed = await typed(one, 'rollback --all --yes');
    expect(changed.out).toContain('igd.rom stays: it was changed since pveigpu wrote it.');
    expect(files(one)[0]).toEqual(nucRom());
  });

  test('a later run that set up nothing on the host is not lost', async () => {
    const one = node();
    await typed(one, `rom install ${FILE} --yes`);
    await typed(one, `rom install ${FILE} --name second.rom --yes`);
    expect((await typed(one, 'rollback 2 --yes')).code).toBe(0);
    expect(files(one)[0]).toEqual(RIGHT);
    expect(content(one, '/usr/share/kvm/second.rom')).toBeUndefined();
  });
});

describe('rom list', () => {
  test('what each file is for, who uses it, and where it came from', async () => {
    const one = node();
    one.node.machine.tree.setFile('/usr/share/kvm/dump.rom', nucRom());
    one.node.machine.tree.setFile('/usr/share/kvm/pxe.rom', makeRom({ vendor: 0x8086, device: 0x100e, class: 0x020000 }));
    one.node.machine.tree.setFile('/usr/share/kvm/OVMF.fd', 'no ROM');
    one.writeConfig(101, guestWith('igd.rom'));
    one.writeConfig(102, 'args: -device vfio-pci,host=00:02.0,addr=0x02,romfile=gone.rom\nmemory: 64\nname: seed\nvga: none\n');
    await typed(one, `rom install ${FILE} --yes`);
    const ran = await typed(one, 'rom list');
    expect(ran.code).toBe(0);
    const rows = ran.out.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows.slice(1, 4)).toEqual([
      ['dump.rom', 'by-hand', '65536', '8086:0406', '-', '-', '-'],
      ['gone.rom', 'missing', '-', '-', '-', '102', '-'],
      ['igd.rom', 'installed', '1024', '8086:5a85', '0000:00:02.0', '101', FILE],
    ]);
    expect(ran.out).toContain('igd.rom is for it');
    expect(ran.out).not.toContain('pxe.rom');
    expect((await typed(one, 'rom list --all')).out).toMatch(/^pxe\.rom +by-hand +1024 +8086:100e/m);
    one.node.machine.tree.setFile(INSTALLED, nucRom());
    expect((await typed(one, 'rom list')).out).toMatch(/^igd\.rom +changed/m);
  });

  test('where to get one, with published hashes only', async () => {
    const ran = await typed(node(), 'rom list --sources');
    expect(ran.out).toContain('intel_hd500.rom: VBIOS of a NUC6CAYH');
    expect(ran.out).toContain('SHA-256: none is published');
    const newer = await typed(simulated('alder-lake-n'), 'rom list --sources');
    expect(newer.out).toContain('ADL-N_TWL_GOPv21_igd.rom: ROM for OVMF with GOP 21');
    expect(newer.out).toContain('SHA-256: fa12486d93bee383ad4d3719015efad09fc03352382f17c63df10b626755954b');
  });

  test('a note that cannot be read is said', async () => {
    const one = node();
    await typed(one, `rom install ${FILE} --yes`);
    one.node.machine.tree.setFile(NOTE, '{"format": 1}');
    const ran = await typed(one, 'rom list');
    expect([ran.code, ran.err]).toEqual([7, `could not be read: ${NOTE} cannot be understood: sha256: it is not a text\n`]);
  });
});
