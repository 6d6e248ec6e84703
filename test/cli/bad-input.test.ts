// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { jsonOf, mustType, raptorLake, sentence, typed, wholeTree, withVfs } from './command-line.ts';

/** A command line, how it ends, the first sentence, and what makes the node so. */
type Case = readonly [line: string, code: number, said: RegExp, prepare?: (machine: Simulated) => unknown];

const vm = (vmid: number, text: string) => (machine: Simulated) => machine.writeConfig(vmid, text);

function loseQuorum({ node }: Simulated): void {
  node.machine.quorate = false;
}

async function otherPool(machine: Simulated): Promise<void> {
  await machine.must(
    ...(['pvesh', 'create', '/cluster/mapping/pci', '--id', 'nics', '--map'] as const),
    'id=8086:15f3,iommugroup=9,node=pve,path=0000:03:00.0',
  );
}

async function running(machine: Simulated): Promise<void> {
  await mustType(machine, 'assign 110 --yes');
  await machine.must('qm', 'start', '110');
}

const CASES: readonly Case[] = [
  // what was typed
  ['assign', EXIT.usage, /^Missing required argument 'vmid'\.$/],
  ['assign abc --yes', EXIT.usage, /^"abc" is no VMID\.$/],
  ['assign 99 --yes', EXIT.usage, /^"99" is no VMID\.$/],
  ['assign 1000000000 --yes', EXIT.usage, /^"1000000000" is no VMID\.$/],
  ['assign 110 111 --yes', EXIT.usage, /^Too many arguments for 'assign'/],
  ['assign 110 --bogus', EXIT.usage, /^Unknown option '--bogus'\.$/],
  ['asign 110', EXIT.usage, /^Unknown command 'asign'\.$/],
  ['vf list bogus', EXIT.usage, /^Too many arguments for 'list'/],
  ['assign 110 --vf 3 --pool igpu-vf --yes', EXIT.usage, /^--vf and --pool exclude each other\.$/],
  ['assign 110 --vf 0 --yes', EXIT.usage, /^"0" is no VF number\.$/],
  ['assign 110 --vf -1 --yes', EXIT.usage, /^"-1" is no VF number\.$/],
  ['assign 110 --vf 9 --yes', EXIT.usage, /^0000:00:02\.0 has VF 1 to VF 7, but no VF 9\.$/],
  ['assign 110 --mode magic --yes', EXIT.usage, /^"magic" is no mode\.$/],
  ['assign 110 --pool 1st --yes', EXIT.usage, /^"1st" is no name for a pool\.$/],
  ['assign 110 --pool ../etc --yes', EXIT.usage, /^"\.\.\/etc" is no name for a pool\.$/],
  ['assign 110 --rom ../../etc/shadow --yes', EXIT.usage, /is no bare file name\.$/],
  ['assign 110 --gpu banana --yes', EXIT.usage, /^"banana" is not a PCI address\.$/],
  ['vf create 8 --yes', EXIT.usage, /^0000:00:02\.0 can have 1 to 7 VFs, not 8\.$/],
  ['vf create 0 --yes', EXIT.usage, /^"0" is no number of VFs\.$/],
  ['vf create -3 --yes', EXIT.usage, /^"-3" is no number of VFs\.$/],
  ['vf create many --yes', EXIT.usage, /^"many" is no number of VFs\.$/],
  ['pool create a.b --yes', EXIT.usage, /^"a\.b" is no name for a pool\.$/],
  ['capture', EXIT.usage, /^Missing required argument 'file'\.$/],
  ['completion tcsh', EXIT.usage, /^There is no completion for "tcsh"\.$/],
  ['hook abc pre-start', EXIT.usage, /^"abc" is no VMID\.$/],
  ['demo --profile nix', EXIT.usage, /^There is no simulated machine "nix"\.$/],
  // nobody to confirm
  ['assign 110', EXIT.usage, /^Nobody is here to confirm, so nothing was changed\.$/],
  ['vf remove', EXIT.usage, /^Nobody is here to confirm/],
  // guests
  ['assign 999 --yes', EXIT.failed, /^There is no guest 999 on pve\.$/],
  ['unassign 999 --yes', EXIT.failed, /^There is no guest 999 on pve\.$/],
  [
    'assign 500 --yes',
    EXIT.failed,
    /^VM 500 is on node other, not on pve\.$/,
    ({ node }) => node.machine.tree.setFile('/etc/pve/nodes/other/qemu-server/500.conf', 'memory: 64\n'),
  ],
  ['assign 110 --yes', EXIT.failed, /^VM 110 is a template, which never starts\.$/, vm(110, 'memory: 64\ntemplate: 1\n')],
  ['assign 110 --yes', EXIT.conflict, /^VM 110 is locked \(backup\)\.$/, vm(110, 'lock: backup\nmemory: 64\n')],
  ['assign 200 --vf 2 --yes', EXIT.usage, /^--vf is for VMs; a container shares the GPU with the host\.$/],
  ['assign 200 --mode gvt-d --yes', EXIT.cannot, /^A container shares the GPU with the host; gvt-d gives slices to VMs only\.$/],
  ['assign 200 --gid 4294967295 --yes', EXIT.usage, /^"4294967295" is no group id\.$/],
  ['assign 200 --gid render --yes', EXIT.usage, /^"render" is no group id\.$/],
  ['unassign 110 --yes', EXIT.failed, /^VM 110 has no slice of a GPU\.$/],
  ['unassign 200 --yes', EXIT.failed, /^container 200 has no slice of a GPU\.$/],
  [
    'unassign 110 --yes',
    EXIT.failed,
    /^VM 110 has hostpci0: 0000:00:02\.3, which was not set by pveigpu\.$/,
    vm(110, 'hostpci0: 0000:00:02.3\nmemory: 64\n'),
  ],
  [
    'unassign 110 --yes --force',
    EXIT.failed,
    /^VM 110 has args: .*, which pveigpu did not set and does not change\.$/,
    vm(110, 'args: -device vfio-pci,host=00:02.3\nmemory: 64\n'),
  ],
  [
    'assign 110 --vf 3 --yes',
    EXIT.conflict,
    /^VM 110 names VF 3 \(0000:00:02\.3\) in its args already/,
    vm(110, 'args: -device vfio-pci,host=00:02.3\nmemory: 64\n'),
  ],
  ['assign 110 --yes', EXIT.failed, /^Nothing was changed, for the reason above\.$/, vm(110, 'memory: 64\nfoo bar\n')],
  ['assign 110 --yes', EXIT.conflict, /^Nothing was changed, for/, vm(110, 'hostpci0: 0000:00:02\nmemory: 64\n')],
  ['assign 110 --yes --force', EXIT.conflict, /^Nothing was changed, for/, vm(110, 'hostpci0: 0000:00:02\nmemory: 64\n')],
  ['assign 110 --rom none.rom --yes', EXIT.failed, /^There is no \/usr\/share\/kvm\/none\.rom; a start with it would fail\.$/],
  // GPUs, VFs, pools, the node
  ['assign 110 --gpu 0000:01:00.0 --yes', EXIT.cannot, /^There is no GPU at 0000:01:00\.0\.$/],
  ['assign 110 --gpu 00:02.1 --yes', EXIT.cannot, /^There is no GPU at 0000:00:02\.1\.$/],
  ['vf list --gpu 0000:01:00.0', EXIT.cannot, /^There is no Intel GPU at 0000:01:00\.0\.$/],
  ['verdict --gpu 0000:01:00.0', EXIT.cannot, /^There is no GPU at 0000:01:00\.0\.$/],
  ['assign 110 --mode gvt-g --yes', EXIT.cannot, /cannot do gvt-g: GVT-g does not support Raptor Lake-S/],
  ['assign 110 --mode gvt-d --yes', EXIT.cannot, /^Nothing was changed, for the reason above\.$/],
  ['vf create 3 --yes', EXIT.conflict, /^0000:00:02\.0 has 7 VFs already; the kernel changes the number only through 0\.$/],
  ['vf remove --yes', EXIT.conflict, /^VF 1 \(0000:00:02\.1\) is in use by VM 110\.$/, running],
  ['vf create 3 --yes', EXIT.conflict, /^0000:00:02\.0 has 7 VFs already/, running],
  ['pool remove --yes', EXIT.conflict, /^(?:The pool igpu-vf|.*igpu-vf).*VM 110/, running],
  ['assign 110 --pool nics --yes', EXIT.failed, /^The mapping nics is no pool of VFs of ours: .*\.$/, otherPool],
  ['pool sync nope --yes', EXIT.failed, /^There is no pool nope\.$/],
  ['assign 110 --yes', EXIT.failed, /^The cluster of pve has no quorum, so \/etc\/pve cannot be written\.$/, loseQuorum],
  ['unassign 110 --yes', EXIT.failed, /^The cluster of pve has no quorum/, loseQuorum],
  ['pool create --yes', EXIT.failed, /^The cluster of pve has no quorum/, loseQuorum],
];

const ALL = CASES.map(([line, code, said, prepare]) => ({ line, code, said, prepare }));

describe('bad input: one sentence, the right exit code, nothing written', () => {
  test.each(ALL)('$line: ends with $code', async ({ line, code, said, prepare }) => {
    const machine = await withVfs();
    await prepare?.(machine);
    const before = wholeTree(machine);
    const ran = await typed(machine, line);
    expect([ran.code, sentence(ran)]).toEqual([code, expect.stringMatching(said)]);
    expect(ran.err.split('\n').filter((text) => text !== '').length).toBeLessThanOrEqual(2);
    expect(wholeTree(machine)).toEqual(before);
  });

  test.each(ALL.filter(({ line }) => !/^(completion|asign)/.test(line)))(
    '$line --json: ends with $code, with one JSON value and nothing else',
    async ({ line, code, prepare }) => {
      const machine = await withVfs();
      await prepare?.(machine);
      const before = wholeTree(machine);
      const ran = await typed(machine, `${line} --json`);
      expect(ran.code).toBe(code);
      expect(ran.err).toBe('');
      const value = jsonOf(ran);
      expect(value.format).toBe(1);
      if (value.kind === 'plan') expect(value).toMatchObject({ outcome: 'refused' });
      else expect(value).toMatchObject({ kind: 'problem', problem: { message: expect.stringMatching(/\.$|host=/) } });
      expect(wholeTree(machine)).toEqual(before);
    },
  );
});

describe('machines that cannot', () => {
  test.each([
    ['jasper-lake', 'assign 101 --yes', EXIT.cannot, /cannot do sriov: Jasper Lake has no SR-IOV/],
    ['jasper-lake', 'vf create --yes', EXIT.cannot, /cannot do sriov/],
    ['no-igpu', 'assign 101 --yes', EXIT.cannot, /^The processor has no GPU/],
    ['optimus', 'assign 101 --yes', EXIT.cannot, /has no VFs and cannot make them as it is/],
    ['arc-pro', 'assign 101 --yes', EXIT.usage, /^This node has 2 GPUs that can do sriov/],
  ])('%s: %s', async (profile, line, code, said) => {
    const machine = simulated(profile);
    const before = wholeTree(machine);
    const ran = await typed(machine, line);
    expect([ran.code, sentence(ran)]).toEqual([code, expect.stringMatching(said)]);
    expect(wholeTree(machine)).toEqual(before);
  });
});

describe('who is asked', () => {
  test('no is no: nothing is written', async () => {
    const machine = await withVfs();
    const before = wholeTree(machine);
    const ran = await typed(machine, 'assign 110', { answer: 'no' });
    expect([ran.code, ran.err]).toEqual([EXIT.failed, 'Nothing was changed.\n']);
    expect(wholeTree(machine)).toEqual(before);
  });

  test('yes is asked for once, also where VFs are made first; the guest is shown before', async () => {
    const machine = raptorLake();
    const ran = await typed(machine, 'assign 101', { answer: 'yes' });
    expect(ran.code).toBe(EXIT.done);
    const [shown = ''] = ran.out.split('Done:');
    expect(shown).toContain('+hostpci0: mapping=igpu-vf,pcie=1');
    expect(shown).toContain('note: Linux guest:');
    expect(ran.out.match(/\+hostpci0/g)).toHaveLength(1);
    expect(ran.out.match(/cannot migrate while it runs/g)).toHaveLength(1);
  });

  test.each(['assign 101', 'assign 101 --vf 3', 'vf create', 'vf create 3'])('%s --dry-run writes nothing', async (line) => {
    const machine = raptorLake();
    const before = wholeTree(machine);
    const ran = await typed(machine, `${line} --dry-run`);
    expect([ran.code, ran.err]).toEqual([EXIT.done, '']);
    expect(ran.out).toContain('sriov_numvfs');
    expect(wholeTree(machine)).toEqual(before);
  });

  test.each(['unassign 110', 'pool sync', 'assign 111', 'assign 111 --vf 2', 'assign 111 --hook', 'pool create mine'])(
    '%s --dry-run writes nothing on a node in use',
    async (line) => {
      const machine = await withVfs();
      await running(machine);
      const before = wholeTree(machine);
      expect((await typed(machine, `${line} --dry-run`)).code).toBe(EXIT.done);
      expect((await typed(machine, `${line} --dry-run --json`)).code).toBe(EXIT.done);
      expect(wholeTree(machine)).toEqual(before);
    },
  );
});

describe('between the plan and the write', () => {
  test('the guest changes: PVE or we refuse, and what was begun is taken back', async () => {
    const machine = await withVfs();
    const text = machine.config(110);
    const before = { ...wholeTree(machine) };
    const ran = await typed(machine, 'assign 110 --vf 2', {
      answer: 'yes',
      beforeAnswer: () => machine.writeConfig(110, `${text}tags: mine\n`),
    });
    expect(ran.code).toBe(EXIT.conflict);
    expect(sentence(ran)).toMatch(/VM 110/);
    expect(machine.config(110)).toBe(`${text}tags: mine\n`);
    expect(Object.keys(wholeTree(machine)).filter((path) => !(path in before))).not.toContain(
      '/var/lib/vz/snippets/pveigpu-hook',
    );
  });

  test('the guest is gone', async () => {
    const machine = await withVfs();
    const ran = await typed(machine, 'assign 110', {
      answer: 'yes',
      beforeAnswer: () => machine.node.machine.tree.remove('/etc/pve/nodes/pve/qemu-server/110.conf'),
    });
    expect(ran.code).not.toBe(EXIT.done);
    expect(sentence(ran)).toMatch(/110/);
    expect(machine.mapping()).not.toContain('igpu-vf');
  });
});

describe('the same twice', () => {
  test('vf create 7, again: nothing to do', async () => {
    const machine = await withVfs();
    const before = wholeTree(machine);
    const ran = await mustType(machine, 'vf create 7 --yes');
    expect(ran.out).toMatch(/nothing to do\.\n$/);
    expect(wholeTree(machine)).toEqual(before);
  });

  test('vf remove, again: nothing to do', async () => {
    const machine = await withVfs();
    await mustType(machine, 'vf remove --yes');
    const before = wholeTree(machine);
    expect((await mustType(machine, 'vf remove --yes')).out).toMatch(/nothing to do\.\n$/);
    expect(wholeTree(machine)).toEqual(before);
  });

  test('assign, again: a second slice, and it is said', async () => {
    const machine = await withVfs();
    await mustType(machine, 'assign 110 --yes');
    const again = await mustType(machine, 'assign 110 --yes');
    expect(again.out).toContain('note: VM 110 has hostpci0: mapping=igpu-vf already; this adds another.');
    expect(machine.config(110)).toContain('hostpci1: mapping=igpu-vf');
  });
});
