// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { EXPORT_FORMATS } from '../../src/core/export/format-table.ts';
import { simulated } from '../app/simulated.ts';
import { jsonOf, raptorLake, typed, withVfs } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'pveigpu-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('export', () => {
  test('without --slice the first that the format takes and the GPU has, never the whole GPU', async () => {
    const none = await typed(raptorLake(), 'export libvirt');
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toContain('has no VF 1: it has none');
    expect(jsonOf(await typed(await withVfs(), 'export libvirt --json')).slice).toBe('vf:1');
    expect(jsonOf(await typed(simulated('coffee-lake'), 'export libvirt --json')).slice).toMatch(/^mdev:/);
  });

  test('a UUID that was made is printed, and each call makes another', async () => {
    const made = async () => await typed(simulated('coffee-lake'), 'export libvirt --slice mdev');
    const [one, other] = [await made(), await made()];
    const uuid = /The UUID ([0-9a-f-]{36}) was made/.exec(one.err)?.[1] ?? '';
    expect(one.out).toContain(uuid);
    expect(other.out).not.toContain(uuid);
    const given = await typed(simulated('coffee-lake'), `export libvirt --slice mdev --uuid ${uuid.toUpperCase()}`);
    expect(given.out).toContain(uuid);
    expect(given.err).toBe('');
  });

  test('the type is that of the UUID, where the machine has it', async () => {
    const machine = simulated('coffee-lake');
    machine.writeConfig(110, 'cores: 1\nmemory: 64\nname: plain\nostype: l26\n');
    await typed(machine, 'assign 110 --mode gvt-g --type V5_8 --yes');
    await machine.must('qm', 'start', '110');
    const uuid = '00000000-0000-0000-0000-000000000110';
    const nixos = await typed(machine, `export nixos --slice mdev:${uuid}`);
    expect(nixos.out).toContain('"i915-GVTg_V5_8" = {');
    expect((await typed(machine, `export nixos --slice mdev:${uuid} --type V5_4`)).code).not.toBe(0);
  });

  test('-o writes a file for its owner alone, and never over one that is there', async () => {
    const file = join(folder, 'gpu.yaml');
    expect(await typed(raptorLake(), `export compose -o ${file}`)).toMatchObject({
      code: 0,
      out: `${file} holds it.\n`,
      err: '',
    });
    expect(readFileSync(file, 'utf8')).toContain('/dev/dri/renderD128');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await typed(raptorLake(), `export compose -o ${file}`)).code).toBe(2);
    expect((await typed(raptorLake(), `export compose -o ${file} --force`)).code).toBe(0);
  });

  test.each(EXPORT_FORMATS.map(({ name }) => name))('--explain says of %s what its lines are for', async (name) => {
    const machine = name === 'libvirt' || name === 'libvirt-domain' || name === 'qemu' ? await withVfs() : raptorLake();
    const ran = await typed(machine, `export ${name} --explain`);
    expect(ran.code, ran.err).toBe(0);
    const lines = ran.out.split('\n').filter((line) => line.startsWith('      '));
    expect(lines.length).toBeGreaterThan(0);
  });

  test.each([
    ['export', 2],
    ['export vmware', 2],
    ['export libvirt --slice vf:0', 2],
    ['export libvirt --slice vf:x', 2],
    ['export libvirt --slice mdev:1', 2],
    ['export docker --slice vf:1', 2],
    ['export libvirt --slice render', 2],
    ['export libvirt --slice pf:legacy', 6],
    ['export libvirt --slice pf --guest "a b"', 2],
    ['export libvirt --slice pf --guest "<x>"', 2],
    ['export libvirt --uuid 7', 2],
    ['export libvirt --display huge', 2],
    ['export libvirt --gpu 0000:00:1f.0', 6],
    ['export compose -o /proc/nothing/x', 1],
  ])('%s ends with %i and a sentence, and prints nothing else', async (line, code) => {
    const ran = await typed(raptorLake(), line);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(/\.\n/);
  });

  test('a machine without Proxmox VE and without an Intel GPU says so', async () => {
    expect((await typed(simulated('no-igpu'), 'export docker')).code).toBe(6);
  });

  test('two GPUs want a choice', async () => {
    expect((await typed(simulated('arc-pro'), 'export docker')).code).toBe(2);
    expect((await typed(simulated('arc-pro'), 'export docker --gpu 00:02.0')).code).toBe(0);
  });
});

describe('import', () => {
  test('a VF of this machine becomes the assign of its number', async () => {
    const machine = await withVfs();
    const { out } = await typed(machine, 'export libvirt --slice vf:3');
    const ran = await typed(machine, 'import', { input: out });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('0000:00:02.3, here vf:3\n    pveigpu assign VMID --vf 3\n');
  });

  test('the args line for a NUC6CAYH says what each setting is worth', async () => {
    const input = 'args: -device vfio-pci,host=00:02.0,addr=0x02,x-igd-gms=4,romfile=intel_hd500.rom,x-vga=on\n';
    const { out } = await typed(simulated('apollo-lake'), 'import -', { input });
    expect(out).toContain('pveigpu assign VMID --mode gvt-d --rom intel_hd500.rom');
    expect(out).toMatch(/risky +A vfio-pci device in args/);
    expect(out).toMatch(/outdated +x-igd-gms/);
  });

  test('options of a whole GPU on a VF are warned of', async () => {
    const { out } = await typed(await withVfs(), 'import', { input: 'args: -device vfio-pci,host=00:02.1,x-igd-opregion=on' });
    expect(out).toMatch(/risky +x-igd-opregion belong/);
  });

  test('a device that is no GPU gets no command, a card of NVIDIA one that names it', async () => {
    const hostdev = (bus: number, fn: number) =>
      `<hostdev type='pci'><source><address bus='${bus}' slot='0' function='${fn}'/></source></hostdev>`;
    const input = `<devices>${hostdev(1, 0)}${hostdev(1, 1)}${hostdev(9, 0)}</devices>`;
    expect(jsonOf(await typed(simulated('optimus'), 'import --json', { input }))).toMatchObject({
      devices: [{ command: 'pveigpu assign VMID --gpu 0000:01:00.0' }, { command: null }, { command: null }],
      remarks: [
        { level: 'left', text: expect.stringMatching(/^0000:01:00\.1 is no GPU of this machine/) },
        { level: 'left', text: expect.stringMatching(/^0000:09:00\.0 is no GPU of this machine/) },
      ],
    });
    const shown = await typed(simulated('optimus'), 'import', { input: hostdev(9, 0) });
    expect(shown.out).toMatch(/^.*:\n {2}0000:09:00\.0\nnot taken over +0000:09:00\.0 is no GPU/);
  });

  test('a VF that the GPU of this machine has not yet is read from the address', async () => {
    const { out } = await typed(raptorLake(), 'import', { input: 'args: -device vfio-pci,host=00:02.4' });
    expect(out).toContain('pveigpu assign VMID --vf 4\n');
    expect(out).toMatch(/risky +0000:00:02\.4 is no GPU and no VF of this machine/);
  });

  test('what a text carries is shown as text, and quoted for a shell', async () => {
    const input = 'args: -device vfio-pci,host=00:02.0,romfile=a\u001b[31m;reboot.rom';
    const { out } = await typed(raptorLake(), 'import', { input });
    expect(out).not.toContain('\u001b');
    expect(out).toContain("--rom 'a");
  });

  test.each([
    ['import', {}, 2],
    ['import /nonexistent', {}, 1],
    ['import', { input: 'nothing of this kind' }, 2],
    ['import', { input: 'services: {}' }, 2],
    ['import', { input: '<domain>' }, 1],
  ])('%s %j ends with %i', async (line, options, code) => {
    const ran = await typed(raptorLake(), line, options);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(/\.\n/);
  });
});
