// SPDX-License-Identifier: AGPL-3.0-or-later
import { copyFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { inRig } from '../build/workspace.ts';
import { configureGuests, HOOK } from '../product/guest-hook.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { boundVfs, resetMachine } from '../product/reset-machine.ts';
import { FULL, withMachine } from './with-machine.ts';

/** VMs 101 to 116 have one VF each; from 108 on they share the VFs of the first ones, as guests that never run together do. */
const GUESTS = Array.from({ length: 16 }, (_none, index) => 101 + index);
const CONFIGS = configureGuests(Object.fromEntries(GUESTS.map((vmid) => [vmid, `0000:00:02.${((vmid - 101) % 7) + 1}`])));
const ALL_BOUND = [1, 2, 3, 4, 5, 6, 7].map((vf) => `0000:00:02.${vf} vfio-pci`);

withMachine('hook on the kernel', { mode: 'fast', memoryMiB: 3072 }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}\n${CONFIGS}`);
  });
  beforeEach(async () => {
    await resetMachine(machine());
  });

  test('pre-start makes the VFs and binds the promised one; a second run only looks', async () => {
    const t = 't() { s=$(date +%s%N); "$@"; c=$?; echo "took $(( ($(date +%s%N) - s) / 1000000 ))"; return $c; }';
    const hook = (phase: string) => `t env ${HOOK} 103 ${phase}`;
    const script = `${t}\n${hook('pre-start')} && ${hook('pre-start')} && ${hook('post-start')} && t node -e 0 && t perl -e 0`;
    const output = await machine().must(script, { timeoutMs: 90_000 });
    expect(await boundVfs(machine())).toContain('0000:00:02.3 vfio-pci');
    expect(await boundVfs(machine())).toHaveLength(7);
    const [make = 0, look = 0, other = 0, node = 1, perl = 1] = [...output.matchAll(/took (\d+)/g)].map(([, ms]) => Number(ms));
    const ratio = (of: number, to: number) => (of / Math.max(1, to)).toFixed(1);
    console.log(
      `rig: hook that makes and binds ${make} ms; all ready ${look} ms = ${ratio(look, node)} x node -e 0 (budget 1.5); ` +
        `phase with nothing to do ${other} ms = ${ratio(other, perl)} x perl -e 0 (budget 2)`,
    );
  });

  test('16 hooks at once: all go on, every VF is there once and bound', async () => {
    const script = `for id in ${GUESTS.join(' ')}; do (${HOOK} $id pre-start > /tmp/hook-$id 2>&1; echo "$id $?" >> /tmp/codes) & done; wait`;
    await machine().must(`rm -f /tmp/codes; ${script}`, { timeoutMs: 200_000 });
    const codes = (await machine().must('sort /tmp/codes')).trim().split('\n');
    expect(codes, await machine().must('cat /tmp/hook-*')).toEqual(GUESTS.map((vmid) => `${vmid} 0`));
    expect(await boundVfs(machine())).toEqual(ALL_BOUND);
  });

  const delays = FULL ? [0.4, 0.8, 1.2, 1.5, 1.8, 2.1, 2.4, 2.8, 3.2] : [1.4, 2.0];
  test.each(delays)('killed %s s after its start, the next run reconciles', async (seconds) => {
    await machine().shell(`timeout -s KILL ${seconds} env ${HOOK} 105 pre-start`, { timeoutMs: 30_000 });
    await machine().must('sleep 1');
    const again = await machine().shell(`env ${HOOK} 105 pre-start`, { timeoutMs: 60_000 });
    expect(again.code, again.stderr).toBe(0);
    expect(await boundVfs(machine())).toContain('0000:00:02.5 vfio-pci');
  });

  test('a nested guest owns the VF that the hook made; meanwhile vf remove names it', async () => {
    for (const file of ['vmlinux', 'initrd']) copyFileSync(inRig(file), inRig('share', file));
    const setUp = `modprobe kvm_amd || modprobe kvm_intel; env ${HOOK} 102 pre-start && ulimit -l unlimited
setsid qemu-system-x86_64 -id 102 -name held -accel kvm -M q35 -m 64 -cpu host -nodefaults -display none -device vfio-pci,host=0000:00:02.2 > /tmp/held.log 2>&1 < /dev/null &
for n in $(seq 100); do ls -l /proc/$!/fd 2>/dev/null | grep -q /dev/vfio/ && exit 0; sleep 0.2; done; cat /tmp/held.log; exit 1`;
    await machine().must(setUp.replace('-id 102 ', ''), { timeoutMs: 60_000 });
    const refused = await pveigpu(machine(), 'vf remove --yes');
    expect(refused.code, refused.stdout).toBe(5);
    expect(refused.stderr).toContain('0000:00:02.2');
    await machine().must(
      'pkill -x qemu-system-x86; for n in $(seq 100); do pgrep -x qemu-system-x86 > /dev/null || exit 0; sleep 0.1; done; exit 1',
    );
    const boot = `ulimit -l unlimited; timeout 120 qemu-system-x86_64 -accel kvm -M q35 -m 256 -cpu host -nodefaults -display none -serial stdio -no-reboot \\
-kernel /mnt/share/vmlinux -initrd /mnt/share/initrd -append 'console=ttyS0 quiet panic=-1 rig.probe=1 nokaslr tsc=reliable no_timer_check' -device vfio-pci,host=0000:00:02.2,addr=10.0`;
    const console = await machine().must(boot, { timeoutMs: 150_000 });
    expect(console).toContain('RIG-PCI 0000:00:10.0 0x8086 0x46a6 0x030000');
    expect((await pveigpu(machine(), 'vf remove --yes')).code).toBe(0);
  });
});
