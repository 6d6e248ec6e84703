// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, expect, test } from 'vitest';
import { OPENED, startExported } from '../product/exported-guest.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { killQemu } from '../product/nested-qemu.ts';
import { boundVfs, resetMachine } from '../product/reset-machine.ts';
import { withMachine } from './with-machine.ts';

/** libvirt without its helpers: QEMU runs as root and writes its own log; the rig has no cgroups for it, no AppArmor. */
const QEMU_CONF = [
  'user = "root"',
  'group = "root"',
  'stdio_handler = "file"',
  'security_driver = "none"',
  'remember_owner = 0',
  'cgroup_controllers = []',
  'namespaces = []',
];

withMachine('exports', { mode: 'fast', memoryMiB: 2560 }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(EMPTY_PVE_NODE);
    await resetMachine(machine());
    expect((await pveigpu(machine(), 'vf create 3 --yes')).code).toBe(0);
  });
  test('QEMU starts with a VF by the exported command line', async () => {
    const text = await startExported(machine(), 'vf:3');
    expect(text).toContain('-device vfio-pci,host=0000:00:02.3,id=igpu');
    const { stdout } = await pveigpu(machine(), 'vf list --json');
    const rows = JSON.parse(stdout).gpus[0].functions as readonly {
      readonly vf: number | null;
      readonly holders: readonly string[];
    }[];
    expect(rows.filter(({ holders }) => holders.length > 0).map(({ vf }) => vf)).toEqual([3]);
    await killQemu(machine());
  });

  test('libvirt takes the exported domain and starts it; the VF stays on vfio-pci before, meanwhile and after', async () => {
    const conf = QEMU_CONF.map((line) => `echo '${line}'`).join('; ');
    await machine().must(
      `mkdir -p /etc/libvirt /run/libvirt; { ${conf}; } > /etc/libvirt/qemu.conf
modprobe kvm_amd || modprobe kvm_intel; ulimit -l unlimited
pidof virtlogd libvirtd > /dev/null || setsid libvirtd -d > /tmp/libvirtd.log 2>&1 < /dev/null
for n in $(seq 100); do virsh -c qemu:///system uri > /dev/null 2>&1 && exit 0; sleep 0.3; done; cat /tmp/libvirtd.log; exit 1`,
      { timeoutMs: 90_000 },
    );
    const exported = await pveigpu(machine(), 'export libvirt-domain --slice vf:2 --guest held -o /tmp/held.xml --force');
    expect(exported.code, exported.stderr).toBe(0);
    const start = `sed -i "s/<memory unit='GiB'>4</<memory unit='MiB'>64</; s/<vcpu>4</<vcpu>1</" /tmp/held.xml
virsh -c qemu:///system define --validate /tmp/held.xml && virsh -c qemu:///system start held && virsh -c qemu:///system domstate held
cp /var/log/libvirt/qemu/held.log /tmp/held.log; ${OPENED}`;
    expect(await machine().must(start, { timeoutMs: 120_000 })).toContain('running');
    expect(await boundVfs(machine())).toContain('0000:00:02.2 vfio-pci');
    await machine().must('virsh -c qemu:///system destroy held && virsh -c qemu:///system undefine held');
    expect(await boundVfs(machine())).toContain('0000:00:02.2 vfio-pci');
  });
});
