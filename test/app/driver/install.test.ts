// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { DRIVER_FOLDER } from '../../../src/core/driver/driver-source.ts';
import { holdDpkgLock } from '../../../src/simulator/packages/dpkg-lock.ts';
import { i915SriovDeb, i915SriovSource } from '../../../src/simulator/packages/i915-sriov-deb.ts';
import { tarText } from '../../../src/simulator/programs/tools.ts';
import type { SimulatedNodeOptions } from '../../../src/simulator/simulated-node.ts';
import { mustType, typed } from '../../cli/command-line.ts';
import { type Simulated, simulated } from '../simulated.ts';

const VERSION = '2026.05.06';
const KERNEL = '7.0.14-12-pve';
const DEB = `/root/i915-sriov-dkms_${VERSION}_amd64.deb`;
const ARCHIVE = `/root/i915-sriov-dkms-${VERSION}.tar.gz`;

/** An i9-14900K that nobody touched, with files of the driver that somebody downloaded. */
function untouched(options: SimulatedNodeOptions = {}): Simulated {
  const machine = simulated('raptor-lake-s-untouched', options);
  const { tree } = machine.node.machine;
  tree.setFile(DEB, i915SriovDeb(VERSION));
  const files = Object.entries(i915SriovSource(VERSION)).map(([path, text]) => [path.replace('/usr/src/', ''), text]);
  tree.setFile(ARCHIVE, tarText(Object.fromEntries(files)));
  return machine;
}

async function digest(machine: Simulated, path: string): Promise<string> {
  return (await machine.must('sha256sum', path)).split(' ')[0] ?? '';
}

describe('driver install', () => {
  test('a kernel with its own driver needs nothing, and asking for another says where to fetch it', async () => {
    const machine = untouched();
    expect((await typed(machine, 'driver install --dry-run')).out).toBe(`driver xe of kernel ${KERNEL}: nothing to do.\n`);
    const { code, out } = await typed(machine, 'driver install --driver i915-dkms --yes');
    expect(code).toBe(1);
    expect(out).toContain(
      `https://github.com/strongtz/i915-sriov-dkms/releases/download/${VERSION}/i915-sriov-dkms_${VERSION}_amd64.deb`,
    );
    expect(out).toContain(DRIVER_FOLDER);
  });

  test('a hash that nobody accepted is refused with the hash, a wrong one as well, the right one is asked for once', async () => {
    const machine = untouched();
    const line = `driver install --driver i915-dkms --driver-from ${ARCHIVE} --yes`;
    const sha256 = await digest(machine, ARCHIVE);
    const refused = await typed(machine, line);
    expect([refused.code, refused.out.replace(/\s+/g, ' ').includes(`--sha256 ${sha256}`)]).toEqual([1, true]);
    const wrong = await typed(machine, `${line} --sha256 ${'0'.repeat(64)}`);
    expect([wrong.code, wrong.err.includes(sha256)]).toEqual([1, true]);
    await mustType(machine, `${line} --sha256 ${sha256}`);
    await mustType(machine, 'driver remove --yes');
    machine.node.machine.tree.setFile(`${DRIVER_FOLDER}/${ARCHIVE.slice(6)}.sha256`, `${sha256}  x\n`, { mode: 0o600 });
    await mustType(machine, line);
  });

  test('a later file of the same name has a hash of its own, which is accepted as well', async () => {
    const machine = untouched();
    const { tree } = machine.node.machine;
    const line = async () =>
      `driver install --driver i915-dkms --driver-from ${ARCHIVE} --yes --sha256 ${await digest(machine, ARCHIVE)}`;
    await mustType(machine, await line());
    const next = Object.entries(i915SriovSource('2026.06.01')).map(([path, text]) => [path.replace('/usr/src/', ''), text]);
    tree.setFile(ARCHIVE, tarText(Object.fromEntries(next)));
    await mustType(machine, await line());
    expect(tree.text(`${DRIVER_FOLDER}/${ARCHIVE.slice(6)}.sha256`)).toContain(await digest(machine, ARCHIVE));
  });

  test('an archive that was exchanged since its hash was looked at is not unpacked', async () => {
    const machine = untouched();
    const line = `driver install --driver i915-dkms --driver-from ${ARCHIVE} --sha256 ${await digest(machine, ARCHIVE)}`;
    const other = tarText({ [`i915-sriov-dkms-${VERSION}/dkms.conf`]: 'PACKAGE_NAME=evil\n' });
    const beforeAnswer = () => machine.node.machine.tree.setFile(ARCHIVE, other);
    const ran = await typed(machine, line, { answer: 'yes', beforeAnswer });
    expect([ran.code, ran.err.includes('is not the file that was chosen')]).toEqual([1, true]);
    expect(machine.node.machine.tree.get(`/usr/src/i915-sriov-dkms-${VERSION}/dkms.conf`)).toBeUndefined();
  });

  test('of a source whose copy was cut off nothing stays, also where its dkms.conf had not come yet', async () => {
    const machine = untouched();
    const line = `driver install --driver i915-dkms --driver-from ${ARCHIVE} --sha256 ${await digest(machine, ARCHIVE)}`;
    const { tree } = machine.node.machine;
    const folder = `/usr/src/i915-sriov-dkms-${VERSION}`;
    const host = new Proxy(machine.node, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'run') return typeof value === 'function' ? value.bind(target) : value;
        return async (...call: Parameters<typeof target.run>) => {
          if (!call[0].includes('-xzf')) return await target.run(...call);
          tree.setFile(`${folder}/Makefile`, 'obj-m +=');
          throw new Error('cut');
        };
      },
    });
    await typed({ context: { ...machine.context, host } }, `${line} --yes`).catch(() => undefined);
    expect(tree.text(`${folder}/Makefile`)).toBe('obj-m +=');
    await mustType(machine, `${line} --yes`);
    expect([tree.text(`${folder}/Makefile`) === 'obj-m +=', tree.text(`${folder}/dkms.conf`) === undefined]).toEqual([
      false,
      false,
    ]);
  });

  test.each([
    ['package', DEB],
    ['archive', ARCHIVE],
  ])('from the %s: headers before all, built for the kernel, nothing left to do, and all of it back', async (_kind, path) => {
    const machine = untouched();
    const before = machine.lasting();
    const line = `driver install --driver i915-dkms --driver-from ${path} --sha256 ${await digest(machine, path)}`;
    const plan = await typed(machine, `${line} --dry-run`);
    expect(plan.code).toBe(0);
    expect(plan.out.indexOf(`proxmox-headers-${KERNEL}`)).toBeGreaterThan(0);
    expect(plan.out.indexOf(`proxmox-headers-${KERNEL}`)).toBeLessThan(plan.out.indexOf('dkms build'));
    expect(machine.lasting()).toEqual(before);

    await mustType(machine, `${line} --yes`);
    expect(await machine.must('dkms', 'status')).toContain(`i915-sriov-dkms/${VERSION}, ${KERNEL}, x86_64: installed`);
    const again = await typed(machine, `${line} --dry-run`);
    expect(again.out).toContain('nothing to do');

    await machine.node.reboot();
    expect((await typed(machine, 'driver list')).out).toContain('i915 (dkms)');
    await mustType(machine, 'driver remove --yes');
    expect(machine.node.machine.tree.names('/var/lib/dkms/i915-sriov-dkms')).toBeUndefined();
    expect(machine.node.machine.tree.names(`/usr/src/i915-sriov-dkms-${VERSION}`)).toBeUndefined();
    expect(machine.node.machine.tree.names('/etc/dkms/framework.conf.d') ?? []).toEqual([]);
  });

  test('a kernel that is not installed is said to be none, with those that are', async () => {
    const { code, err } = await typed(untouched(), 'driver install --kernel 9.9.9-1-pve --yes');
    expect(code).toBe(6);
    expect(err).toContain('Kernel 9.9.9-1-pve is not installed.');
    expect(err.replace(/\s+/g, ' ')).toContain(`There is 6.17.9-1-pve, ${KERNEL}.`);
  });

  test('somebody at work with packages is found before the first step', async () => {
    const machine = untouched();
    holdDpkgLock(machine.node.machine, 'unattended-upgr');
    const before = machine.lasting();
    const line = `driver install --driver i915-dkms --driver-from ${DEB} --sha256 ${await digest(machine, DEB)} --yes`;
    const { code, out } = await typed(machine, line);
    expect([code, out.includes('unattended-upgr')]).toEqual([5, true]);
    expect(machine.lasting()).toEqual(before);
  });

  test('while the package is installed no initramfs is built, so that a kernel that boots keeps its own', async () => {
    const machine = untouched();
    const { tree } = machine.node.machine;
    const conf = '/etc/initramfs-tools/update-initramfs.conf';
    const mine = 'update_initramfs=all\n# mine, without a line end';
    tree.setFile(conf, mine);
    // An option of the administrator for the next kernel upgrade, which no initramfs holds yet.
    tree.setFile('/etc/modprobe.d/mine.conf', 'options i915 enable_guc=0\n');
    const other = () => tree.text('/boot/initrd.img-6.17.9-1-pve');
    const before = other();
    const line = `driver install --driver i915-dkms --driver-from ${DEB} --sha256 ${await digest(machine, DEB)} --yes`;
    await mustType(machine, line);
    expect(tree.text(`/boot/initrd.img-${KERNEL}`)).toContain('enable_guc=0');
    expect(other()).toBe(before);
    expect(tree.text(conf)).toBe(mine);
    expect(tree.text('/var/lib/pveigpu/ledger.json')).not.toContain(conf);
  });

  test('where the administrator keeps every initramfs as it is nothing is begun', async () => {
    const machine = untouched();
    machine.node.machine.tree.setFile(
      '/etc/initramfs-tools/update-initramfs.conf',
      'update_initramfs=yes\nupdate_initramfs=no\n',
    );
    const before = machine.lasting();
    const { code, out } = await typed(machine, 'apply sriov --yes');
    expect([code, out.replace(/\s+/g, ' ').includes('says update_initramfs=no')]).toEqual([1, true]);
    expect(machine.lasting()).toEqual(before);
  });

  test('a release that does not fit says the call, its guard and the prototype, and leaves dpkg and files as they were', async () => {
    const machine = untouched();
    machine.node.machine.tree.setFile(DEB, i915SriovDeb(VERSION, { threeArgumentsBelow: [7, 1, 0] }));
    const before = machine.lasting();
    const line = `driver install --driver i915-dkms --driver-from ${DEB} --sha256 ${await digest(machine, DEB)} --yes`;
    const { code, err } = await typed(machine, line);
    expect(code).toBe(1);
    const said = err.replace(/\s+/g, ' ');
    expect(said).toContain('drm_dp_calc_pbn_mode, used in drivers/gpu/drm/i915/display/intel_dp_mst.c line 5');
    expect(said).toContain('"#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)"');
    expect(said).toContain('int drm_dp_calc_pbn_mode(int clock, int bpp)');
    const log = machine.node.machine.tree.text('/var/lib/pveigpu/drivers/make.log') ?? '';
    expect(log).toContain('error: too many arguments to function');
    // The key pair that dkms made is dkms's own; a later build uses it again.
    const { '/var/lib/dkms/mok.key': _key, '/var/lib/dkms/mok.pub': _pub, ...after } = machine.lasting();
    const files = Object.keys(after).filter((path) => !path.endsWith('/'));
    expect(files.filter((path) => after[path] !== before[path])).toEqual([]);
    expect(Object.keys(before).filter((path) => !(path in after))).toEqual([]);
    expect((await typed(machine, 'driver repair --dry-run')).out).toContain('nothing to do');
  });
  const FIX = `--- a/drivers/gpu/drm/i915/display/intel_dp_mst.c
+++ b/drivers/gpu/drm/i915/display/intel_dp_mst.c
@@ -4,2 +4,2 @@
-#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
+#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
`;

  test.each([
    ['package', DEB],
    ['archive', ARCHIVE],
  ])('a patch of the administrator makes the %s build, is kept, and goes with the driver', async (_kind, path) => {
    const machine = untouched();
    const { tree } = machine.node.machine;
    const options = { threeArgumentsBelow: [7, 1, 0] } as const;
    tree.setFile(DEB, i915SriovDeb(VERSION, options));
    const files = Object.entries(i915SriovSource(VERSION, options)).map(([file, text]) => [file.replace('/usr/src/', ''), text]);
    tree.setFile(ARCHIVE, tarText(Object.fromEntries(files)));
    tree.setFile('/root/pbn.patch', FIX);
    const before = machine.lasting();
    const line = `driver install --driver i915-dkms --driver-from ${path} --sha256 ${await digest(machine, path)} --yes`;
    await mustType(machine, `${line} --patch /root/pbn.patch`);
    expect(tree.text('/var/lib/pveigpu/patches/pbn.patch')).toBe(FIX);
    expect(await machine.must('dkms', 'status')).toContain(`${VERSION}, ${KERNEL}, x86_64: installed`);
    await mustType(machine, 'driver remove --yes');
    expect([tree.names('/etc/dkms'), tree.names('/var/lib/pveigpu/patches')].map((names) => names ?? [])).toEqual([[], []]);
    const etc = (files: { readonly [path: string]: string }) =>
      Object.keys(files).filter((file) => /^\/(etc|usr\/src)\/.*[^/]$/.test(file));
    expect(etc(machine.lasting())).toEqual(etc(before));
  });

  test('a patch that does not fit is named as the cause', async () => {
    const machine = untouched();
    machine.node.machine.tree.setFile('/root/pbn.patch', FIX);
    const line = `driver install --driver i915-dkms --driver-from ${ARCHIVE} --sha256 ${await digest(machine, ARCHIVE)} --yes`;
    const { code, err } = await typed(machine, `${line} --patch /root/pbn.patch`);
    expect([code, err.replace(/\s+/g, ' ').includes('The driver could not be built. The patch')]).toEqual([1, true]);
  });

  test.each([
    ['--driver-from /root/none.tar.gz', '/root/none.tar.gz does not exist.'],
    ['--driver-from /root/words.txt', '/root/words.txt is neither a .deb nor a .tar.gz.'],
    ['--driver-from /root/empty', '/root/empty has no dkms.conf'],
    [`--driver-from ${ARCHIVE} --patch /root/none.patch`, '/root/none.patch does not exist.'],
    [`--driver-from ${ARCHIVE} --patch /root/words.txt`, 'is no patch that dkms can apply'],
  ])('what was given wrongly ends with 2: %s', async (given, said) => {
    const machine = untouched();
    const { tree } = machine.node.machine;
    tree.setFile('/root/words.txt', 'not a patch\n');
    tree.setDirectory('/root/empty');
    const before = machine.lasting();
    for (const verb of [
      'driver install --driver i915-dkms --yes',
      'apply sriov --driver i915-dkms --yes',
      'plan sriov --driver i915-dkms',
    ]) {
      const { code, err } = await typed(machine, `${verb} ${given}`);
      expect([code, err.replace(/\s+/g, ' ')], verb).toEqual([2, expect.stringContaining(said)]);
    }
    expect(machine.lasting()).toEqual(before);
  });

  test('a file that cannot be read ends with 2 as well', async () => {
    const machine = untouched({ faults: { errno: (_operation, path) => (path === '/root/locked.deb' ? 'EACCES' : undefined) } });
    const { code, err } = await typed(machine, 'driver install --driver i915-dkms --yes --driver-from /root/locked.deb');
    expect([code, err]).toEqual([2, expect.stringContaining('/root/locked.deb cannot be read: EACCES.')]);
  });

  test('a small machine builds with one compiler, now and at every upgrade, until the driver goes', async () => {
    const machine = untouched();
    const { tree } = machine.node.machine;
    tree.setFile('/proc/meminfo', 'MemTotal:        7934112 kB\nMemFree:          123456 kB\n');
    tree.setFile('/sys/devices/system/cpu/online', '0-3\n');
    const line = `driver install --driver i915-dkms --driver-from ${ARCHIVE} --sha256 ${await digest(machine, ARCHIVE)} --yes`;
    expect((await typed(machine, line)).out).toContain(`$ dkms build -j 1 -m i915-sriov-dkms -v ${VERSION} -k ${KERNEL}`);
    expect(tree.text('/etc/dkms/framework.conf.d/pveigpu.conf')).toContain('parallel_jobs="1"');
    expect(tree.text(`/var/lib/dkms/i915-sriov-dkms/${VERSION}/${KERNEL}/x86_64/log/make.log`)).toContain('make -j1 ');
    await mustType(machine, 'driver remove --yes');
    expect(tree.text('/etc/dkms/framework.conf.d/pveigpu.conf')).toBeUndefined();
  });
});
