// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printEfiOption } from '../../../src/core/boot/efi-option.ts';
import { anonymise } from '../../../src/core/capture/anonymise.ts';
import type { CaptureEntry } from '../../../src/core/capture/capture-entry.ts';
import { captureOfTree } from '../../../src/core/capture/capture-of-tree.ts';
import { keptCmdlineWords } from '../../../src/core/capture/kept-cmdline.ts';
import { keptConfigSpace } from '../../../src/core/capture/kept-config-space.ts';
import { keptModprobe } from '../../../src/core/capture/kept-modprobe.ts';
import { printCapture } from '../../../src/core/capture/print-capture.ts';
import { scrubText } from '../../../src/core/capture/scrub.ts';
import { FileTree } from '../../../src/core/files/file-tree.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
/** A word that no rule can know: what people call their things, and passwords. */
const word = fc.stringMatching(/^zq[a-y]{6}[a-y0-9]{2}$/);
const secrets = fc.record({
  node: word,
  otherNode: word,
  vmName: word,
  note: word,
  password: word,
  user: word,
  key: word,
  disk: word,
  snap: word,
  pool: word,
  storage: word,
  script: word,
  tag: word,
  rom: word,
  cpu: word,
  serial: word,
  parameter: word,
  package: word,
  program: word,
  mac: fc
    .array(
      hex(2).map((pair) => (pair === '00' ? '1f' : pair)),
      { minLength: 6, maxLength: 6 },
    )
    .map((pairs) => pairs.join(':')),
  uuid: fc
    .tuple(hex(8), hex(4), hex(4), hex(4), hex(12))
    .map((parts) => parts.join('-'))
    .filter((uuid) => !/^[0-9]{8}-0000-0000-0000/.test(uuid)),
  rootUuid: fc
    .tuple(hex(8), hex(4), hex(4), hex(4), hex(12))
    .map((parts) => parts.join('-'))
    .filter((uuid) => !/^[0-9]{8}-0000-0000-0000/.test(uuid)),
  ip: fc.tuple(fc.integer({ min: 11, max: 99 }), fc.nat(255), fc.nat(255), fc.nat(254)).map((parts) => parts.join('.')),
  mail: word.map((name) => `${name}@example.com`),
});
type Secrets = typeof secrets extends fc.Arbitrary<infer T> ? T : never;

/** A machine that holds a secret wherever one can be. */
function machine(s: Secrets): FileTree {
  const tree = new FileTree();
  const node = `/etc/pve/nodes/${s.node}`;
  tree.setFile('/etc/hostname', `${s.node}\n`);
  tree.setLink('/etc/pve/local', `nodes/${s.node}`);
  tree.setLink('/etc/pve/qemu-server', `nodes/${s.node}/qemu-server`);
  tree.setFile(
    '/etc/pve/.members',
    JSON.stringify({
      nodename: s.node,
      cluster: { name: s.tag, quorate: 1 },
      nodelist: { [s.node]: { ip: s.ip }, [s.otherNode]: { id: 2 } },
    }),
  );
  tree.setFile(
    '/etc/pve/.vmlist',
    JSON.stringify({ ids: { 101: { node: s.node, type: 'qemu', version: 2 }, 7: { node: s.otherNode, type: 'lxc' } } }),
  );
  tree.setFile(`${node}/qemu-server/101.conf`, vmConfig(s));
  tree.setFile(
    `/etc/pve/nodes/${s.otherNode}/lxc/7.conf`,
    `#${s.note}\nhostname: ${s.vmName}\nnet0: name=eth0,hwaddr=${s.mac},ip=${s.ip}/24\nrootfs: ${s.storage}:${s.disk}\nlxc.mount.entry: /home/${s.user} mnt none bind\n`,
  );
  tree.setFile(`${node}/pve-ssl.key`, s.key);
  tree.setFile('/etc/pve/priv/authkey.key', s.key);
  tree.setFile(
    '/etc/pve/mapping/pci.cfg',
    `${s.pool}\n\tdescription ${s.note}\n\tmap id=8086:a780,node=${s.node},path=0000:00:02.1,description=${s.note}\n\tmap id=8086:a780,node=${s.otherNode},path=0000:00:02.1\n`,
  );
  tree.setFile(
    '/etc/pve/storage.cfg',
    `dir: ${s.storage}\n\tpath /tank/${s.user}\n\tcontent snippets\n\nnfs: nas\n\tserver ${s.ip}\n\texport /${s.user}\n\nrbd: x\n\tusername ${s.user}\n\tmonhost ${s.ip}\n`,
  );
  tree.setFile(`/tank/${s.user}/snippets/${s.script}.pl`, s.password, { mode: 0o755 });
  tree.setFile('/etc/shadow', s.password);
  tree.setFile('/etc/machine-id', s.uuid.replaceAll('-', ''));
  tree.setFile('/sys/class/dmi/id/product_serial', s.serial);
  tree.setFile('/sys/class/dmi/id/board_name', 'Z790\n');
  tree.setFile('/sys/module/i915/parameters/guc_firmware_path', `/home/${s.user}/guc.bin\n`);
  tree.setFile('/sys/class/net/eth0/address', s.mac);
  tree.setFile(
    '/proc/cmdline',
    `BOOT_IMAGE=/boot/vmlinuz root=UUID=${s.rootUuid} ro quiet intel_iommu=on ${s.parameter} ip=${s.ip} rd.luks.key=/${s.password} systemd.hostname=${s.node} systemd.set_credential=${s.key} drm.edid_firmware=HDMI-A-1:edid/${s.user}.bin i915.max_vfs=7\n`,
  );
  plantBootSecrets(tree, s);
  plantOwnSecrets(tree, s);
  tree.setFile('/proc/net/unix', `00: 2 0 0 1 1 23 @/var/lib/lxc/7/command\n01: 2 0 0 1 1 24 /run/${s.user}/socket\n`);
  tree.setFile('/proc/200/comm', `${s.program}\n`);
  tree.setFile('/proc/200/cmdline', `/home/${s.user}/${s.program}\0--password=${s.password}\0`);
  tree.setFile('/proc/200/cgroup', `0::/user.slice/${s.user}\n`);
  tree.setLink('/proc/200/fd/3', '/dev/dri/renderD128');
  tree.setLink('/proc/200/fd/4', `/home/${s.user}/${s.note}`);
  tree.setFile('/proc/201/cmdline', `/usr/bin/kvm\0-id\x00101\0-name\0${s.vmName}\0-uuid\0${s.uuid}\0`);
  tree.setFile(
    '/etc/modprobe.d/vfio.conf',
    `# ${s.note} <${s.mail}>\noptions vfio-pci ids=8086:a780\nblacklist xe # ${s.note}\noptions i915 firmware=/home/${s.user}/x.bin\noptions snd_usb_audio id=${s.serial}\ninstall i915 /home/${s.user}/x\n`,
  );
  tree.setFile(`/etc/modprobe.d/${s.script}.conf`, `options i915 max_vfs=7\n`);
  tree.setFile('/etc/modules', `# ${s.note}\nvfio\n${s.package}\n`);
  tree.setDirectory(`/var/lib/dkms/${s.package}/1.0`);
  tree.setFile(
    '/var/lib/dpkg/status',
    `Package: pve-manager\nStatus: install ok installed\nVersion: 9.2.11\nMaintainer: ${s.mail}\n\nPackage: ${s.package}\nStatus: install ok installed\nVersion: 1\n\n`,
  );
  tree.setFile(
    '/var/log/dmesg',
    `[    0.0] Linux version 6.17 (${s.user}@${s.node}) (gcc)\n[    0.1] Kernel command line: root=UUID=${s.rootUuid} ${s.parameter} i915.enable_guc=3\n` +
      `[    1.0] i915 0000:00:02.0: serial number: ${s.serial} of ${s.node} ${s.mac} ${s.ip} ${s.uuid} ${s.mail}\n[    2.0] audit: ${s.password}\n[    3.0] WARNING: x at y Comm: ${s.program}\n` +
      leakyLog(s),
  );
  tree.setFile('/run/qemu-server/pci-id-reservations', `0000:00:02.1 101 pid:4321\n0000:00:02.2 ${s.note}\n`);
  tree.setFile('/run/qemu-server/101.pid', `${s.note}\n`);
  return tree;
}

/** What loaders and boot settings may hold of a person. */
function plantBootSecrets(tree: FileTree, s: Secrets): void {
  const words = `quiet root=UUID=${s.rootUuid} ${s.parameter} ip=${s.ip} luks.key=/${s.password} i915.max_vfs=7`;
  tree.setFile(
    '/etc/default/grub',
    `# ${s.note} ${s.mail}\n${s.user.toUpperCase()}="${s.key}"\nGRUB_CMDLINE_LINUX_DEFAULT="${words}" # ${s.note}\n`,
  );
  tree.setFile(
    `/etc/default/grub.d/${s.script}.cfg`,
    `M='${s.password} ${s.disk}'\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX $M $(cat /home/${s.user}/x)"\nif true; then GRUB_CMDLINE_LINUX_DEFAULT=${s.password}; fi\n`,
  );
  tree.setFile('/etc/kernel/cmdline', `${words}\n# ${s.note}\n"${s.password} ${s.key}\n`);
  tree.setFile('/etc/kernel/proxmox-boot-uuids', `${s.uuid.slice(0, 9)}\n`);
  tree.setFile('/etc/kernel/proxmox-boot-pin', `${s.note}\n6.17.2-1-pve\n`);
  tree.setFile('/etc/sysfs.conf', `# ${s.note}\nclass/net/${s.pool}/mtu = 9000\nbus/pci/devices/0000:00:02.0/sriov_numvfs = 7\n`);
  tree.setFile(
    `/etc/tmpfiles.d/${s.script}.conf`,
    `d /srv/${s.user} 0755 ${s.user} root -\nw /sys/bus/pci/devices/0000:00:02.0/sriov_numvfs - - - - 3\n`,
  );
  tree.setFile(
    `/etc/udev/rules.d/99-${s.script}.rules`,
    `# ${s.note}\nACTION=="add", ATTR{address}=="${s.mac}", NAME="${s.pool}"\nDRIVER=="i915", ENV{ID_SERIAL}=="${s.serial}", ATTR{sriov_numvfs}="5", RUN+="/home/${s.user}/x ${s.password}"\n`,
  );
  tree.setFile('/etc/driverctl.d/0000:00:02.1', `vfio-pci\n`);
  tree.setFile('/etc/driverctl.d/0000:00:02.2', `/home/${s.user}\n`);
  tree.setFile(`/etc/systemd/system/pveigpu-x.service`, `# ${s.note}\n`);
  tree.setFile('/var/lib/pveigpu/ledger.json', JSON.stringify({ note: s.note }));
  tree.setFile('/boot/efi/EFI/proxmox/grubx64.efi', s.key);
  tree.setLink('/lib/modules/6.17.2-1-pve/build', `/home/${s.user}/linux`);
  const variables = '/sys/firmware/efi/efivars';
  tree.setFile(
    `${variables}/Boot0001-8be4df61-93ca-11d2-aa0d-00e098032b8c`,
    printEfiOption(`UEFI ${s.disk} ${s.serial}`, `\\EFI\\${s.user}\\x.efi`),
  );
  tree.setFile(`${variables}/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`, printEfiOption(s.node).slice(6));
  tree.setFile(`${variables}/LoaderDevicePartUUID-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`, s.uuid);
}

/** What pveigpu notes of itself, and what a failed build leaves. */
function plantOwnSecrets(tree: FileTree, s: Secrets): void {
  const gpus = { '0000:00:02.0 8086:a780 -': { mode: 'sriov', [s.note]: s.password } };
  tree.setFile('/var/lib/pveigpu/desired.json', JSON.stringify({ format: 1, gpus, [s.note]: s.key }));
  const pending = { format: 1, bootId: s.uuid, kernel: '6.17.2-1-pve', parameters: ['quiet', s.parameter], rebuildLater: [] };
  tree.setFile('/var/lib/pveigpu/pending.json', JSON.stringify({ ...pending, [s.note]: s.key }));
  tree.setFile('/proc/sys/kernel/random/boot_id', `${s.uuid}\n`);
  tree.setFile(
    '/var/lib/dkms/i915-sriov-dkms/2026.05.06/build/make.log',
    `DKMS (dkms-3.2.2) make.log for i915-sriov-dkms/2026.05.06 for kernel 6.17.2-1-pve (x86_64)\n${s.note} ${s.password}\n/home/${s.user}/x.c:1:2: error: 'y' undeclared\n# ${s.mail}\nmake: *** [/root/${s.user}/Makefile:3: all] Error 2 on ${s.ip}\n`,
  );
  tree.setFile('/var/lib/dkms/i915-sriov-dkms/2026.05.06/build/drivers/x.c', s.note);
}

/** What programs said for doctor --deep. */
function plantedOutputs(s: Secrets): readonly CaptureEntry[] {
  const said = (line: string, stdout: string): CaptureEntry => {
    const [program = '', ...rest] = line.split(' ');
    return { kind: 'command', argv: [program, ...rest], answer: { exitCode: 0, stdout, stderr: s.mail } };
  };
  return [
    said('dkms status', `${s.package}/1.0, 6.17.2-1-pve, x86_64: installed\n${s.note}: ${s.password}\n`),
    said('lsinitramfs /boot/initrd.img-6.17.2-1-pve', `etc/modprobe.d/${s.script}.conf\nhome/${s.user}/i915\n${s.note}\n`),
    said(
      'zpool get -H -o name,property,value all',
      `${s.pool}\tfeature@draid\tactive\n${s.pool}\tcomment\t${s.note}\nrpool\tfeature@draid\tenabled\nrpool\tguid\t${s.serial}\n`,
    ),
    said('mokutil --test-key /var/lib/dkms/mok.pub', `${s.key} is already enrolled\n`),
    said(
      'journalctl -u pveigpu-boot.service -b --no-pager -o cat',
      `on ${s.node} of pool ${s.pool} for /home/${s.user}/x at ${s.ip} with password=${s.password} and ${s.tag}\n`,
    ),
    said('journalctl -u ssh.service -b --no-pager -o cat', s.password),
  ];
}

/** Lines as kernels and drivers write them, each with something that a person named. */
function leakyLog(s: Secrets): string {
  const lines = [
    `task ${s.program}:123 blocked for more than 120 seconds.`,
    `i915 0000:00:02.0: [drm] GPU HANG: ecode 12:1:85dffffb, in ${s.program} [3333]`,
    `i915 0000:00:02.0: [drm] ${s.program}[3333] context reset due to GPU hang`,
    `vfio-pci 0000:00:02.1: Device is currently in use, task "${s.program}" (4321) will block until device is released`,
    `Lockdown: ${s.program}: hibernation is restricted; see man kernel_lockdown.7`,
    `WARNING: CPU: 3 PID: 12 at i915 Comm: ${s.program} ${s.user} Tainted: P`,
    `audit: type=1400 audit(1.2:3): apparmor="DENIED" profile="${s.vmName}" name="/dev/dri/renderD128"`,
    `integrity: Loaded X.509 cert '${s.node} Secure Boot Module Signature key: ${s.key}'`,
    `VFS: Mounted ${s.node}.${s.user}.example:/export drm`,
    `i915 0000:00:02.0: reading ${s.node}.${s.user}.example password=${s.password}`,
    `i915 0000:00:02.0: firmware /home/${s.user}/guc.bin`,
    `systemd[1]: Starting ${s.program}.service with /dev/dri (drm)`,
  ];
  return lines.map((line, index) => `[   ${index + 10}.000000] ${line}\n`).join('');
}

function vmConfig(s: Secrets): string {
  return `#${s.note} ${s.mail}
args: -device vfio-pci,host=0000:00:02.1,id=${s.vmName},romfile=/home/${s.user}/${s.rom}.rom -smbios type=1,serial=${s.serial} -vnc ${s.ip}:1,password=${s.password} -set device.hostpci0.romfile=/root/${s.rom}.rom -device e1000,mac=${s.mac} -device '{"driver":"vfio-pci","host":"00:02.3","id":"${s.vmName}"}' -readconfig /home/${s.user}/x.cfg
cipassword: ${s.password}
ciuser: ${s.user}
cpu: custom-${s.cpu},flags=+aes
efidisk0: ${s.storage}:${s.disk},size=4M
hookscript: ${s.storage}:snippets/${s.script}.pl
hostpci0: mapping=${s.pool},pcie=1,romfile=${s.rom}.rom
ipconfig0: ip=${s.ip}/24
name: ${s.vmName}
net0: virtio=${s.mac},bridge=vmbr0
parent: ${s.snap}
scsi0: ${s.storage}:${s.disk},serial=${s.serial}
serial0: /dev/serial/by-id/usb-${s.serial}
smbios1: uuid=${s.uuid},serial=${s.serial}
sshkeys: ssh-rsa%20${s.key}%20${s.mail}
tags: ${s.tag};gpu
vmgenid: ${s.uuid}
${s.note}: ${s.password}
broken ${s.password}

[PENDING]
delete: net0,hostpci0
name: ${s.vmName}

[${s.snap}]
#${s.note}
hostpci0: mapping=${s.pool}
vmstate: ${s.storage}:${s.disk}
`;
}

describe('an anonymised capture', () => {
  test('holds no secret, whatever was read and however it was called', () => {
    fc.assert(
      fc.property(secrets, (planted) => {
        const recorded = [
          ...captureOfTree(machine(planted)).entries,
          {
            kind: 'command',
            argv: ['dmesg'],
            answer: {
              exitCode: 0,
              stdout: `[ 1.0] i915: on ${planted.node} ${planted.mac}\n[ 2.0] ${planted.password}\n`,
              stderr: planted.mail,
            },
          },
          { kind: 'command', argv: ['qm', 'config', '101'], answer: { exitCode: 0, stdout: planted.password, stderr: '' } },
          ...plantedOutputs(planted),
        ] as const;
        const text = printCapture(anonymise(recorded).capture);
        for (const [kind, secret] of Object.entries(planted)) expect(text.includes(secret), `${kind} ${secret}`).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('keeps together what belongs together', () => {
    const [planted] = fc.sample(secrets, { numRuns: 1, seed: 7 });
    if (planted === undefined) return expect.fail('no sample');
    const text = printCapture(anonymise(captureOfTree(machine(planted)).entries).capture);
    expect(text).toContain('-- link /etc/pve/local -> nodes/pve --');
    expect(text).toContain('-- link /etc/pve/qemu-server -> nodes/pve/qemu-server --');
    expect(text).toContain('-- file /etc/pve/nodes/pve/qemu-server/101.conf');
    expect(text).toContain('-- file /etc/pve/nodes/pve2/lxc/7.conf');
    expect(text).toContain('hookscript: storage1:snippets/hook1.pl\nhostpci0: mapping=pool1,pcie=1,romfile=rom1.rom\n');
    expect(text).toContain('\n[snap1]\n');
    expect(text).toContain('\nparent: snap1\n');
    expect(text).toMatch(/^pool1\n\tmap id=8086:a780,node=pve,path=0000:00:02\.1/m);
    expect(text).toMatch(/node=pve2,path=/);
    expect(text).toContain('dir: storage1\n\tpath /storage3/storage4\n');
    expect(text).toMatch(/^-- file \/storage3\/storage4\/snippets\/hook1\.pl \[mode=0755 /m);
    expect(text).toContain('-device vfio-pci,host=0000:00:02.1');
    expect(text).toContain('-- link /proc/200/fd/3 -> /dev/dri/renderD128 --');
    expect(text).not.toContain('fd/4');
    expect(text).not.toContain('eth0');
  });

  test('keeps of our own notes, of a failed build and of programs what doctor rests on', () => {
    const [planted] = fc.sample(secrets, { numRuns: 1, seed: 7 });
    if (planted === undefined) return expect.fail('no sample');
    const recorded = [...captureOfTree(machine(planted)).entries, ...plantedOutputs(planted)];
    const { capture, leftOut, rename } = anonymise(recorded);
    const text = printCapture(capture);
    expect(text).toContain('"0000:00:02.0 8086:a780 -": {\n   "mode": "sriov"\n  }');
    expect(text.match(/boot1/g)).toHaveLength(2);
    expect(text).toContain("/_:1:2: error: 'y' undeclared\n");
    expect(text).toMatch(/^-- command dkms status \[exit=0\] --\npackage1\/1\.0, 6\.17\.2-1-pve, x86_64: installed\n/m);
    expect(text).toContain('is already enrolled\n');
    expect(text).toContain('zpool1\tfeature@draid\tactive\nrpool\tfeature@draid\tenabled\n');
    expect(text).toMatch(/\netc\/modprobe\.d\/hook1\.conf\n|\netc\/modprobe\.d\/file\d\.conf\n/);
    expect(text).toContain('on pve of pool pool1 for /_ at 192.0.2.1 with password=_ and tag1\n');
    expect(leftOut).toContain('journalctl -u ssh.service -b --no-pager -o cat');
    expect(leftOut.join()).not.toContain('/build/drivers/x.c');
    expect(rename(`${planted.pool} on ${planted.node}, see /home/${planted.user}/x`)).toBe('pool1 on pve, see /_');
  });

  test('says what was read and is not on the list', () => {
    const tree = new FileTree();
    tree.setFile('/etc/shadow', 'x');
    tree.setFile('/proc/cmdline', 'quiet\n');
    expect(anonymise(captureOfTree(tree).entries).leftOut).toEqual(['/', '/etc', '/etc/shadow']);
  });
});

describe('a kernel command line', () => {
  test.each([
    [
      'BOOT_IMAGE=/boot/vmlinuz-6.17.9-1-pve root=/dev/mapper/pve-root ro quiet',
      'BOOT_IMAGE=/boot/vmlinuz-6.17.9-1-pve root=/dev/mapper/pve-root ro quiet',
    ],
    [
      'initrd=\\EFI\\proxmox\\6.17.9-1-pve\\initrd.img-6.17.9-1-pve root=ZFS=rpool/ROOT/pve-1 boot=zfs',
      'initrd=\\EFI\\proxmox\\6.17.9-1-pve\\initrd.img-6.17.9-1-pve root=ZFS=rpool/ROOT/pve-1 boot=zfs',
    ],
    [
      'root=UUID=1b2c3d4e-aaaa-bbbb-cccc-0123456789ab i915.enable_guc=3',
      'root=UUID=00000000-0000-0000-0000-000000000000 i915.enable_guc=3',
    ],
    ['root=/dev/johns/root hostname=john secret vfio-pci.ids=8086:a780', 'root=/dev/_ _ _ _'],
    ['vfio_pci.ids=8086:a780 ip=10.1.2.3 "dyndbg=file x +p" video=efifb:off', 'vfio_pci.ids=8086:a780 _ _ video=efifb:off'],
  ])('%s', (whole, kept) => expect(keptCmdlineWords(whole)).toBe(kept));

  test('keeps its number of words, and keeping twice is keeping once', () => {
    fc.assert(
      fc.property(fc.string(), (cmdline) => {
        const kept = keptCmdlineWords(cmdline);
        expect(keptCmdlineWords(kept)).toBe(kept);
      }),
    );
  });
});

test('scrubbing leaves addresses of PCI, versions and PVE mdevs alone', () => {
  const text =
    'i915 0000:00:02.0: [8086:a780] GuC 70.36.0, mdev 00000000-0000-0000-0000-000000000101, [mem 0x4000000000-0x400fffffff], 0:16.1.30.2361, 12:34:56';
  expect(scrubText(text)).toBe(text);
  expect(scrubText('a bc:24:11:aa:bb:cc fe80::1:2 192.168.1.7 2001:db8:1:2:3:4:5:6')).toBe(
    'a 00:00:00:00:00:00 2001:db8::1 192.0.2.1 2001:db8::1',
  );
});

test('a device keeps its capabilities but not its serial number', () => {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  view.setUint32(0x100, 0x0001_0003 | (0x140 << 20), true);
  bytes.fill(0xab, 0x104, 0x10c);
  view.setUint32(0x140, 0x0001_0010, true);
  bytes.fill(0xcd, 0x144, 0x14c);
  const kept = keptConfigSpace(bytes);
  expect([...kept.slice(0x104, 0x10c)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(kept.slice(0x10c)).toEqual(bytes.slice(0x10c));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (random) => {
      expect(keptConfigSpace(random)).toHaveLength(random.length);
    }),
  );
});

test('modprobe.d keeps what counts on the lines where it stood', () => {
  const text =
    '# mine\noptions i915 max_vfs=7 \\\n  enable_guc=3\noptions snd_usb_audio x=1\nblacklist nouveau\ninstall xe /bin/false\ninstall i915 /opt/x $CMDLINE\n';
  expect(keptModprobe(text).split('\n')).toEqual([
    '',
    expect.stringContaining('max_vfs=7'),
    '',
    '',
    'blacklist nouveau',
    'install xe /bin/false',
    'install i915 _',
    '',
  ]);
});

test('a note behind a directive of modprobe.d is gone, the directive stays', () => {
  expect(keptModprobe('blacklist xe # of john\noptions i915 max_vfs=7\t# john\n')).toBe('blacklist xe\noptions i915 max_vfs=7\n');
});
