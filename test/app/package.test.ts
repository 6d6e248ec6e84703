// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { readLedger } from '../../src/app/engine/state-files.ts';
import { VF_BOOT_UNIT_NAME, vfBootUnit } from '../../src/core/boot/vf-boot-unit.ts';
import { HARMLESS_HOOK } from '../../src/core/package/harmless-hook.ts';
import { mustType, typed } from '../cli/command-line.ts';
import { must } from './power-cut-setup.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const HOOK = '/var/lib/vz/snippets/pveigpu-hook';
const STILL_OURS = '/var/lib/pveigpu/still-ours';
const UNIT = `/etc/systemd/system/${VF_BOOT_UNIT_NAME}`;

function text(machine: Simulated, path: string): string | undefined {
  return machine.node.machine.tree.text(path);
}

/** A node on which a VM has a pinned VF and our hookscript. */
async function withHook(): Promise<Simulated> {
  const machine = simulated('raptor-lake-s');
  await mustType(machine, 'assign 103 --vf 3 --yes');
  expect(machine.config(103)).toContain('hookscript: local:snippets/pveigpu-hook\n');
  return machine;
}

describe('before the package is removed', () => {
  test('a guest loses the hookscript and keeps its slice, and starts', async () => {
    const machine = await withHook();
    const { out } = await mustType(machine, 'package remove');
    expect(out).toContain('VM 103 does not name our hookscript any more; its slice stays.');
    expect(machine.config(103)).not.toContain('hookscript');
    expect(machine.config(103)).toContain('hostpci0: 0000:00:02.3');
    expect(text(machine, HOOK)).toBeUndefined();
    await machine.must('qm', 'start', '103');
    expect(machine.held()).toEqual(['0000:00:02.3 103']);
  });

  test('what stays is said with the command that takes it back, and noted for a purge', async () => {
    const machine = await withHook();
    const { out } = await mustType(machine, 'package remove');
    expect(out).toContain('slices of the guests 103');
    expect(out).toContain('install the package again and run: pveigpu rollback --all');
    expect(text(machine, STILL_OURS)).toContain('slices of the guests 103\n');
    await mustType(machine, 'package configure');
    expect(text(machine, STILL_OURS)).toBeUndefined();
    await mustType(machine, 'rollback --all --yes');
    expect(machine.config(103)).not.toContain('hostpci0');
    expect((await mustType(machine, 'package remove')).out).toBe('');
    expect(text(machine, STILL_OURS)).toBeUndefined();
  });

  test('a node that was never set up has nothing to say, and nothing is written', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    const before = machine.lasting();
    for (const step of ['configure', 'kernels', 'remove']) expect(await typed(machine, `package ${step}`)).toEqual(NOTHING_SAID);
    expect(machine.lasting()).toEqual(before);
    expect(text(machine, STILL_OURS)).toBeUndefined();
  });

  test('without quorum the guest keeps the key, and starts with a stand-in that does nothing', async () => {
    const machine = await withHook();
    const config = machine.config(103);
    machine.node.machine.tree.setFile('/etc/pve/.members', NO_QUORUM);
    const { out } = await mustType(machine, 'package remove');
    expect(out).toContain('VM 103 keeps its hookscript, which will do nothing: The cluster of pve has no quorum');
    expect(out).toContain(`${HOOK} stays for guests that name it, and does nothing.`);
    expect([machine.config(103), text(machine, HOOK)]).toEqual([config, HARMLESS_HOOK]);
    expect(machine.node.machine.tree.get(HOOK)).toMatchObject({ mode: 0o755 });
  });

  test('a stand-in is the hookscript again once the package is back', async () => {
    const machine = await withHook();
    machine.node.machine.tree.setFile('/etc/pve/.members', NO_QUORUM);
    await mustType(machine, 'package remove');
    await mustType(machine, 'package configure');
    expect(text(machine, HOOK)).toBe(HOOK_STUB);
    // after a purge nothing is known of it
    machine.node.machine.tree.setFile(HOOK, HARMLESS_HOOK, { mode: 0o755 });
    machine.node.machine.tree.remove('/var/lib/pveigpu/ledger.json');
    await mustType(machine, 'package configure');
    expect(text(machine, HOOK)).toBe(HOOK_STUB);
    expect(must(await readLedger(machine.node)).files).toEqual({});
  });

  test('somebody else at work keeps the package, unless it is forced', async () => {
    const machine = await withHook();
    const lock = must(await machine.node.lock('/run/pveigpu/apply.lock', { timeoutMs: 0 }));
    expect(await typed(machine, 'package remove')).toMatchObject({ code: 5 });
    expect(machine.config(103)).toContain('hookscript');
    await lock.release();
    expect(await typed(machine, 'package remove')).toMatchObject({ code: 0 });
  });

  test('a run that was broken off keeps the package, unless it is forced', async () => {
    const machine = await withHook();
    const journal = '/var/lib/pveigpu/journal';
    const newest = [...(machine.node.machine.tree.names(journal) ?? [])].sort().at(-1) ?? '';
    const run = JSON.parse(text(machine, `${journal}/${newest}`) ?? '');
    const next = { ...run, number: run.number + 1, state: 'running', steps: [] };
    machine.node.machine.tree.setFile(`${journal}/${String(next.number).padStart(4, '0')}.json`, JSON.stringify(next));
    const refused = await typed(machine, 'package remove');
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('was broken off and is half done')]);
    expect(machine.config(103)).toContain('hookscript');
    expect(await typed(machine, 'package configure')).toMatchObject({ code: 5 });
    await mustType(machine, 'package remove --force');
    expect(machine.config(103)).not.toContain('hookscript');
  });

  test('a hookscript that guests of another node name too is left to them', async () => {
    const machine = await withHook();
    machine.node.machine.tree.setFile('/etc/pve/nodes/other/qemu-server/200.conf', 'hookscript: local:snippets/pveigpu-hook\n');
    await mustType(machine, 'package remove');
    expect(machine.config(103)).not.toContain('hookscript');
    expect(text(machine, HOOK)).toBe(HOOK_STUB);
  });

  test('a file of ours that a guest names is noted, so that a purge leaves it', async () => {
    const machine = simulated('raptor-lake-s');
    machine.writeConfig(
      103,
      `args: -acpitable file=/var/lib/pveigpu/acpi/rom.aml -device x,y=/usr/share/pveigpu/z.rom\n${machine.config(103)}`,
    );
    const { out } = await mustType(machine, 'package remove');
    expect(text(machine, '/var/lib/pveigpu/named-by-guests')).toBe('/var/lib/pveigpu/acpi/rom.aml\n');
    expect(out).toBe('pveigpu: A guest names /usr/share/pveigpu/z.rom, which goes with the package.\n');
  });

  test('a running guest with the GPU by hand-over: said that the host has it back with the next boot only', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    await mustType(machine, 'assign 101 --mode gvt-d --handover --yes');
    await machine.must('qm', 'start', '101');
    const { out } = await mustType(machine, 'package remove');
    expect(out).toContain('The GPU 0000:00:02.0 is with a guest by hand-over');
    expect(machine.config(101)).not.toContain('hookscript');
  });
});

describe('when the package is installed or upgraded', () => {
  test('files of an older version become those of this one, and nothing is left to apply', async () => {
    const machine = simulated('raptor-lake-s');
    await mustType(machine, 'apply sriov --yes --force');
    await mustType(machine, 'assign 103 --hook --yes');
    await older(machine, UNIT, '# Written by pveigpu\n[Unit]\nDescription=older\n');
    await older(machine, HOOK, '#!/bin/sh\n# pveigpu, older\n');
    await mustType(machine, 'package configure');
    expect([text(machine, UNIT), text(machine, HOOK)]).toEqual([vfBootUnit('/usr/bin/pveigpu'), HOOK_STUB]);
    expect(must(await readLedger(machine.node)).files[UNIT]?.pristine).toEqual({ kind: 'absent' });
    const runs = (await mustType(machine, 'history')).out;
    await mustType(machine, 'package configure');
    expect((await mustType(machine, 'history')).out).toBe(runs);
  });

  test('a file that somebody changed is left for the next plan to speak of', async () => {
    const machine = simulated('raptor-lake-s');
    await mustType(machine, 'apply sriov --yes --force');
    machine.node.machine.tree.setFile(UNIT, '# mine\n');
    await mustType(machine, 'package configure');
    expect(text(machine, UNIT)).toBe('# mine\n');
  });
});

test('a kernel that came without apt is looked at, once, where a mode rests on it', async () => {
  const machine = simulated('raptor-lake-s');
  await mustType(machine, 'apply sriov --yes --force');
  const { tree } = machine.node.machine;
  tree.setFile('/boot/vmlinuz-7.1.2-1-pve', 'kernel');
  tree.setFile('/boot/initrd.img-7.1.2-1-pve', 'initramfs');
  tree.setDirectory('/lib/modules/7.1.2-1-pve');
  expect((await mustType(machine, 'package kernels')).out).toContain('Kernel 7.1.2-1-pve was installed');
  expect((await mustType(machine, 'driver check --after-dpkg')).out).toBe('');
});

test('a step that the package does not have', async () => {
  expect(await typed(simulated('raptor-lake-s'), 'package nonsense')).toMatchObject({ code: 2 });
});

const NOTHING_SAID = { code: 0, out: '', err: '' };
const NO_QUORUM = '{"nodename":"pve","version":5,"cluster":{"name":"c","version":2,"nodes":2,"quorate":0},"nodelist":{}}';

/** Puts the text of another version there, as that version's own run noted it. */
async function older(machine: Simulated, path: string, content: string): Promise<void> {
  const { sha1Hex } = await import('../../src/core/text/sha1.ts');
  const ledger = must(await readLedger(machine.node));
  const file = ledger.files[path];
  if (file === undefined) throw new Error(`the ledger has no ${path}`);
  const files = { ...ledger.files, [path]: { ...file, wroteSha1: sha1Hex(new TextEncoder().encode(content)) } };
  machine.node.machine.tree.setFile('/var/lib/pveigpu/ledger.json', JSON.stringify({ ...ledger, files }), { mode: 0o600 });
  machine.node.machine.tree.setFile(path, content);
}
