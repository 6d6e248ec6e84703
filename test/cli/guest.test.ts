// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { type GuestSystem, putGuestSystem } from '../../src/simulator/guests/guest-system.ts';
import { linuxGuest } from '../../src/simulator/guests/linux-guest.ts';
import { debianGuest } from '../../src/simulator/guests/usual-guests.ts';
import type { Simulated } from '../app/simulated.ts';
import { HD_505 } from '../fixtures/guest-tools/clinfo.ts';
import { BENCHMARK, NO_PROFILE } from '../fixtures/guest-tools/ffmpeg.ts';
import { DG2_CUT_OFF } from '../fixtures/guest-tools/gpu-top.ts';
import { COMET_LAKE } from '../fixtures/guest-tools/vainfo.ts';
import { jsonOf, mustType, sentence, typed, wholeTree, withVfs } from './command-line.ts';

const VF_LOG = `[    4.613353] i915 0000:01:00.0: Running in SR-IOV VF mode
[    4.615594] i915 0000:01:00.0: GuC firmware PRELOADED version 1.4 submission:SR-IOV VF
[    4.615596] i915 0000:01:00.0: HuC firmware PRELOADED
`;

/** VM 101 with a VF, running, with a system inside. */
async function vm101(system: GuestSystem = debianGuest()): Promise<{ machine: Simulated; system: GuestSystem }> {
  const machine = await withVfs();
  await mustType(machine, 'assign 101 --yes');
  await machine.must('qm', 'start', '101');
  putGuestSystem(machine.node.machine, 101, system);
  return { machine, system };
}

/** A system in which all works. */
function working(): GuestSystem {
  const system = debianGuest({ gpu: { driver: 'i915', renderGid: 992 }, log: VF_LOG });
  system.script = ([name]) => {
    if (name === 'vainfo') return { exitCode: 0, out: COMET_LAKE };
    if (name === 'ffmpeg') return { exitCode: 0, out: BENCHMARK };
    return name === 'clinfo' ? { exitCode: 0, out: HD_505 } : undefined;
  };
  return system;
}

const changes = ({ ran }: GuestSystem) =>
  ran.filter(([name]) => !['cat', 'uname', 'ls', 'readlink', 'dmesg'].includes(name ?? ''));

describe('guest VMID', () => {
  test('a stopped guest: what its configuration tells, and how to tell more', async () => {
    const machine = await withVfs();
    await mustType(machine, 'assign 101 --yes');
    const before = wholeTree(machine);
    const { code, out } = await typed(machine, 'guest 101');
    expect([code, wholeTree(machine)]).toEqual([EXIT.done, before]);
    expect(out).toMatch(/^VM 101: Linux; has a VF of 8086:a780 \(hostpci0\)\.\nnot looked into: VM 101 does not run/);
    expect(out).toMatch(/Name it with --kernel/);
    const named = await mustType(machine, 'guest 101 --os fedora:42 --kernel 7.0.1-300.fc44.x86_64');
    expect(named.out).toMatch(/options xe force_probe=a780[\s\S]*rpmfusion-nonfree-release-42/);
  });

  test('a running one is looked into, and not changed', async () => {
    const { machine, system } = await vm101();
    const before = wholeTree(machine);
    const { out } = await mustType(machine, 'guest 101');
    expect(out).toMatch(/^VM 101: Debian GNU\/Linux 13 \(trixie\), kernel 6\.12\.57\+deb13-amd64; has a VF/);
    expect(out).toMatch(/i915-sriov-dkms[\s\S]*\(by hand\)[\s\S]*options i915 enable_guc=3[\s\S]*Components: main non-free\n/);
    expect([changes(system), wholeTree(machine)]).toEqual([[], before]);
  });

  test.each([
    ['silent', /does not answer/],
    ['slow', /did not answer in time/],
    ['forbids', /does not allow guest-exec/],
  ] as const)('an agent that is %s: the list all the same, with the reason', async (agent, words) => {
    const { machine, system } = await vm101();
    system.agent = agent;
    const { code, out } = await typed(machine, 'guest 101');
    expect([code, out]).toEqual([EXIT.done, expect.stringMatching(words)]);
  });

  test('hostile names of a guest move no cursor', async () => {
    const { machine } = await vm101(
      linuxGuest({ kernel: '6.1\x1b[2J', files: { '/etc/os-release': 'ID=debian\nPRETTY_NAME="\x1b[31mDebian\u202e"\n' } }),
    );
    const { out } = await mustType(machine, 'guest 101');
    expect(out).toMatch(/\\x1b\[31mDebian\\u202e/);
    expect(out).not.toMatch(/[\x1b\u202e]/);
  });

  test('no slice, no guest, wrong words', async () => {
    const machine = await withVfs();
    expect(sentence(await typed(machine, 'guest 110'))).toBe('VM 110 has no slice of an Intel GPU.');
    expect(sentence(await typed(machine, 'guest 999'))).toMatch(/no guest 999/);
    for (const line of [
      'guest 101 --os suse',
      'guest 101 --kernel x',
      'guest 101 --user -r',
      'guest 101 --sha256 1',
      'guest 101 --apply --verify',
      'guest 101 --apply --os debian',
    ])
      expect([line, (await typed(machine, line)).code]).toEqual([line, EXIT.usage]);
  });
});

describe('--apply', () => {
  test('shows, asks once, does it in order, and logs', async () => {
    const { machine, system } = await vm101();
    const { code, out } = await typed(machine, 'guest 101 --apply --user media', { answer: 'yes' });
    expect(code).toBe(EXIT.done);
    expect(changes(system).map((argv) => argv.slice(0, 3).join(' '))).toEqual([
      'tee /etc/modprobe.d/pveigpu.conf',
      'update-initramfs -u -k',
      'tee /etc/modprobe.d/pveigpu.conf',
      'tee /etc/apt/sources.list.d/debian.sources',
      'apt-get update',
      'env DEBIAN_FRONTEND=noninteractive apt-get',
      'apt-get install -y',
      'usermod -aG video',
      'usermod -aG render',
    ]);
    expect(out.indexOf('1. ')).toBeLessThan(out.indexOf('101$ tee'));
    expect(out).toMatch(
      /Done: options, components, media-driver, groups\. The log is in \/var\/log\/pveigpu\/guest-101\.log\.\n$/,
    );
    expect(machine.node.machine.tree.text('/var/log/pveigpu/guest-101.log')).toMatch(
      /^== 2026-\S+ VM 101\n\$ tee [\s\S]*= exit 0\n$/,
    );
    // what is there already is not done again
    const again = await mustType(machine, 'guest 101 --apply --yes');
    expect(again.out).toMatch(/Done: media-driver\./);
  });

  test('no answer, no change', async () => {
    const { machine, system } = await vm101();
    const no = await typed(machine, 'guest 101 --apply', { answer: 'no' });
    const nobody = await typed(machine, 'guest 101 --apply');
    const dry = await typed(machine, 'guest 101 --apply --dry-run');
    expect([no.code, nobody.code, dry.code, changes(system)]).toEqual([EXIT.failed, EXIT.usage, EXIT.done, []]);
  });

  test('stops at the first failure, and says what was done', async () => {
    const { machine, system } = await vm101();
    system.script = ([name, verb]) =>
      name === 'apt-get' && verb === 'update'
        ? { exitCode: 100, err: "E: The repository 'x' does not have a Release file.\n" }
        : undefined;
    const { code, out, err } = await typed(machine, 'guest 101 --apply --yes');
    expect(code).toBe(EXIT.failed);
    expect(out).toMatch(/Done before it stopped: options, components\. Not done: media-driver\. /);
    expect(err).toMatch(/apt-get update failed in VM 101 \(exit 100\): E: The repository 'x' does not have a Release file\./);
    expect(changes(system).at(-1)?.join(' ')).toBe('apt-get update');
    expect(jsonOf(await typed(machine, 'guest 101 --apply --yes --json'))).toMatchObject({
      kind: 'guest-apply',
      outcome: 'failed',
      steps: [{ id: 'media-driver', state: 'failed' }],
      problem: { code: 'guest.command' },
    });
  });

  test('an initramfs that could not be made is made by the next run', async () => {
    const { machine, system } = await vm101();
    system.script = ([name]) =>
      name === 'update-initramfs' ? { exitCode: 1, err: 'gzip: stdout: No space left on device\n' } : undefined;
    const full = await typed(machine, 'guest 101 --apply --yes');
    expect(full.err).toMatch(/update-initramfs -u -k all failed in VM 101 \(exit 1\): gzip: stdout: No space left/);
    system.script = () => undefined;
    const before = system.ran.length;
    expect((await mustType(machine, 'guest 101 --apply --yes')).out).toMatch(/Done: options, /);
    expect(system.ran.slice(before)).toContainEqual(['update-initramfs', '-u', '-k', 'all']);
    expect((await mustType(machine, 'guest 101 --apply --yes')).out).toMatch(/Done: media-driver\./);
  });

  test('a program behind env is called by its own name, with its arguments', async () => {
    const { machine, system } = await vm101();
    const broken = { exitCode: 100, err: 'E: Unable to locate package vainfo\n' };
    system.script = ([name, verb]) => (name === 'apt-get' && verb === 'install' ? broken : undefined);
    const { err } = await typed(machine, 'guest 101 --apply --yes');
    expect(err).toMatch(
      /^pveigpu: apt-get install -y intel-media-va-driver-non-free .* failed in VM 101 \(exit 100\): E: Unable/m,
    );
    system.script = ([name, verb]) => (name === 'apt-get' && verb === 'install' ? 'hangs' : undefined);
    expect(sentence(await typed(machine, 'guest 101 --apply --yes'))).toMatch(/^apt-get had not ended in VM 101 after 900 s/);
  });

  test('the agent goes away in the middle, and a command that does not end', async () => {
    const { machine, system } = await vm101();
    system.script = ([name]) => {
      if (name === 'update-initramfs') system.agent = 'silent';
      return undefined;
    };
    const gone = await typed(machine, 'guest 101 --apply --yes');
    expect([gone.code, sentence(gone)]).toEqual([EXIT.cannot, 'The guest agent of VM 101 does not answer.']);
    expect(gone.out).toMatch(/Done before it stopped: nothing\. Not done: options, /);
    system.agent = 'running';
    system.script = ([name]) => (name === 'apt-get' ? 'hangs' : undefined);
    const stuck = await typed(machine, 'guest 101 --apply --yes');
    expect([stuck.code, sentence(stuck)]).toEqual([
      EXIT.failed,
      expect.stringMatching(/^apt-get had not ended in VM 101 after 900 s; it goes on there as process \d+\.$/),
    ]);
  });

  test.each([
    ['silent', EXIT.cannot],
    ['slow', EXIT.failed],
    ['forbids', EXIT.cannot],
  ] as const)('an agent that is %s: nothing is begun', async (agent, code) => {
    const { machine, system } = await vm101();
    system.agent = agent;
    expect((await typed(machine, 'guest 101 --apply --yes')).code).toBe(code);
    expect(changes(system)).toEqual([]);
  });

  test('in a container, by pct exec', async () => {
    const machine = await withVfs();
    const path = '/etc/pve/nodes/pve/lxc/200.conf';
    const { tree } = machine.node.machine;
    tree.setFile(path, `${tree.text(path)}dev0: /dev/dri/renderD128,gid=992\n`);
    await machine.must('pct', 'start', '200');
    expect((await mustType(machine, 'guest 200')).out).toMatch(/^container 200: Debian[\s\S]*neither, and no reboot/);
    expect((await mustType(machine, 'guest 200 --apply --yes')).out).toMatch(/Done: components, media-driver\./);
    expect((await typed(machine, 'guest 200 --verify')).out).toMatch(/driver +good +i915 has the GPU/);
  });
});

describe('--verify', () => {
  test('a container: no log of its own, and the engines that were busy', async () => {
    const machine = await withVfs();
    const path = '/etc/pve/nodes/pve/lxc/200.conf';
    const { tree } = machine.node.machine;
    tree.setFile(path, `${tree.text(path)}dev0: /dev/dri/renderD128,gid=992\n`);
    await machine.must('pct', 'start', '200');
    const system = working();
    const { script } = system;
    system.script = (argv, stdin) =>
      argv[0] === 'timeout' ? { exitCode: 124, out: DG2_CUT_OFF.replaceAll('Render/3D', 'Video/0') } : script(argv, stdin);
    putGuestSystem(machine.node.machine, 200, system);
    const { code, out } = await typed(machine, 'guest 200 --verify');
    expect([code, system.ran.some(([name]) => name === 'dmesg')]).toEqual([EXIT.done, false]);
    expect(out).toMatch(/engines +good +While it encoded, the GPU's engines were busy: Video\/0 49 %\./);
  });

  test('a virtual display beside the GPU is passed over', async () => {
    const system = working();
    system.nodes.set('renderD129', { ...(system.nodes.get('renderD128') as NonNullable<ReturnType<typeof system.nodes.get>>) });
    system.nodes.set('renderD128', {
      line: 'crw-rw---- 1 0 992 226, 128 Jan  5 08:00 renderD128',
      driver: 'virtio_gpu',
      vendor: '0x1af4',
    });
    const node = system.nodes.get('renderD129');
    if (node !== undefined) system.nodes.set('renderD129', { ...node, line: node.line.replace('renderD128', 'renderD129') });
    const { machine } = await vm101(system);
    const { out } = await typed(machine, 'guest 101 --verify');
    expect(out).toMatch(/\/dev\/dri\/renderD129 is there/);
    expect(system.ran.find(([name]) => name === 'vainfo')?.at(-1)).toBe('/dev/dri/renderD129');
  });

  test('all works', async () => {
    const { machine, system } = await vm101(working());
    const { code, out, err } = await typed(machine, 'guest 101 --verify');
    expect([code, err]).toEqual([EXIT.done, '']);
    expect(out).toMatch(/guc +good +GuC 1\.4 schedules the work on a VF, HuC runs\./);
    expect(out).toMatch(/H\.264 +yes +yes +yes\n/);
    expect(out).toMatch(/VA-API 38, Quick Sync 38\n\nIt works\.\n$/);
    expect(changes(system).filter(([name]) => !['vainfo', 'ffmpeg', 'clinfo'].includes(name ?? ''))).toEqual([]);
  });

  test('VA-API without an encoder, Quick Sync apart from it', async () => {
    const system = working();
    const { script } = system;
    system.script = (argv, stdin) => {
      if (argv.includes('h264_vaapi')) return { exitCode: 1, err: NO_PROFILE };
      return argv.includes('h264_qsv') ? { exitCode: 1, err: "Unknown encoder 'h264_qsv'\n" } : script(argv, stdin);
    };
    const { machine } = await vm101(system);
    const { code, out } = await typed(machine, 'guest 101 --verify');
    expect(code).toBe(EXIT.failed);
    expect(out).toMatch(/vaapi-encode +wrong/);
    expect(out).toMatch(/quick-sync-encode +skipped +The ffmpeg of this guest is built without Quick Sync/);
    expect(out).toMatch(/No usable encoding profile found/);
  });

  test('the wrong driver in the log is explained', async () => {
    const { machine } = await vm101(debianGuest({ log: "[    1.0] i915: unknown parameter 'max_vfs' ignored\n" }));
    const { code, out } = await typed(machine, 'guest 101 --verify');
    expect([code, out]).toEqual([
      EXIT.failed,
      expect.stringMatching(/There is no node in \/dev\/dri[\s\S]*kernel's own i915 was loaded/),
    ]);
  });

  test('programs that are missing, and an agent that is silent: not all could be measured', async () => {
    const { machine, system } = await vm101(debianGuest({ gpu: { driver: 'xe', renderGid: 992 }, log: VF_LOG }));
    const bare = await typed(machine, 'guest 101 --verify');
    expect([bare.code, bare.err]).toEqual([EXIT.notMeasured, expect.stringMatching(/vainfo is not installed/)]);
    system.agent = 'silent';
    const silent = await typed(machine, 'guest 101 --verify');
    expect([silent.code, silent.err]).toEqual([EXIT.notMeasured, expect.stringMatching(/guest agent of VM 101 does not answer/)]);
    await machine.must('qm', 'stop', '101');
    expect((await typed(machine, 'guest 101 --verify')).code).toBe(EXIT.failed);
  });

  test('Windows: Code 43 by the device manager', async () => {
    const machine = await withVfs();
    await mustType(machine, 'assign 102 --yes');
    await machine.must('qm', 'start', '102');
    const system = linuxGuest({ kernel: '', files: {} });
    const adapter = (code: number) =>
      `{"Name":"Intel(R) UHD Graphics 770","DriverVersion":"32.0.101.6460","ConfigManagerErrorCode":${code},"PNPDeviceID":"PCI\\\\VEN_8086&DEV_A780"}`;
    system.script = () => ({ exitCode: 0, out: adapter(43) });
    putGuestSystem(machine.node.machine, 102, system);
    const bad = await typed(machine, 'guest 102 --verify');
    expect([bad.code, bad.out]).toEqual([
      EXIT.failed,
      expect.stringMatching(/Windows reports Code 43 for Intel\(R\) UHD Graphics 770/),
    ]);
    system.script = () => ({ exitCode: 0, out: adapter(0) });
    expect((await typed(machine, 'guest 102 --verify')).code).toBe(EXIT.done);
    expect((await typed(machine, 'guest 102 --apply --yes')).out).toMatch(/nothing for pveigpu to do/);
  });
});

test('--cloud-init writes a file, and not over another', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pveigpu-'));
  try {
    const { machine, system } = await vm101();
    const file = join(folder, 'gpu.yaml');
    const printed = await mustType(machine, 'guest 101 --cloud-init -');
    await mustType(machine, `guest 101 --cloud-init ${file}`);
    expect(readFileSync(file, 'utf8')).toBe(printed.out);
    expect(printed.out).toMatch(/^#cloud-config\n[\s\S]*write_files:[\s\S]*runcmd:\n {2}- \[/);
    expect((await typed(machine, `guest 101 --cloud-init ${file}`)).code).toBe(EXIT.usage);
    await mustType(machine, `guest 101 --cloud-init ${file} --force`);
    expect(changes(system)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
