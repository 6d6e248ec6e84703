// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { i915SriovDeb } from '../../../src/simulator/packages/i915-sriov-deb.ts';
import { RAPTOR_LAKE_P, RAPTOR_LAKE_S, RAPTOR_LAKE_S_UNTOUCHED } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { APT, type PackageNode, packageNode } from './package-node.ts';

const DEB = '/root/i915-sriov-dkms_2026.05.06_amd64.deb';
const NAME = 'i915-sriov-dkms';

/** An untouched node with headers of its kernel and the `.deb` beside it. */
async function withDeb(options: Parameters<typeof i915SriovDeb>[1] = {}, version = '2026.05.06'): Promise<PackageNode> {
  const made = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
  made.machine.tree.setFile(DEB, i915SriovDeb(version, options));
  await made.must(...APT, 'install', `proxmox-headers-${RAPTOR_LAKE_S_UNTOUCHED.kernelRelease}`);
  return made;
}

test('the .deb installs DKMS, builds for the kernel, and the driver is the one of the next boot', async () => {
  const { must, node, run } = await withDeb();
  const text = await must(...APT, 'install', DEB);
  expect(text).toContain('Building initial module i915-sriov-dkms/2026.05.06 for 7.0.14-12-pve');
  expect(text).toContain(
    'Found pre-existing /lib/modules/7.0.14-12-pve/kernel/drivers/gpu/drm/i915/i915.ko, archiving for uninstallation',
  );
  expect(await must('dkms', 'status')).toBe(
    'i915-sriov-dkms/2026.05.06, 7.0.14-12-pve, x86_64: installed (Original modules exist)\n',
  );
  expect(await must('dpkg-deb', '-f', DEB, 'Package', 'Version')).toBe('Package: i915-sriov-dkms\nVersion: 2026.05.06\n');
  expect(await must('dpkg-deb', '-f', DEB, 'Version')).toBe('2026.05.06\n');
  expect((await run('dmesg')).stdout).not.toContain('i915-sriov-dkms');
  await node.reboot();
  expect((await run('dmesg')).stdout).toContain('i915: You are using the i915-sriov-dkms module');
});

test('removed, the kernel has its own modules again and nothing of DKMS is left', async () => {
  const { must, node, machine } = await withDeb();
  await must(...APT, 'install', 'dkms', 'build-essential');
  const before = node.persistentFiles();
  await must(...APT, 'install', DEB);
  const text = await must(...APT, 'remove', NAME);
  expect(text).toContain(`Deleting module ${NAME}/2026.05.06 completely from the DKMS tree.`);
  // The keys stay, as with the real dkms.
  expect(machine.tree.names('/var/lib/dkms')).toEqual(['mok.key', 'mok.pub']);
  for (const file of ['mok.key', 'mok.pub']) machine.tree.remove(`/var/lib/dkms/${file}`);
  await must('update-initramfs', '-u', '-k', 'all');
  machine.tree.remove('/var/lib/dkms');
  expect(node.persistentFiles()).toEqual(before);
});

test('dkms by hand: add, build, install, remove', async () => {
  const { must, run, machine } = await withDeb();
  await must(...APT, 'install', 'dkms');
  for (const [path, text] of Object.entries(sourceOf('/opt/i915'))) machine.tree.setFile(path, text);
  expect(await must('dkms', 'add', '/opt/i915')).toBe(
    'Creating symlink /var/lib/dkms/i915-sriov-dkms/9.9/source -> /usr/src/i915-sriov-dkms-9.9\n',
  );
  expect(await must('dkms', 'status')).toBe('i915-sriov-dkms/9.9: added\n');
  const release = RAPTOR_LAKE_S_UNTOUCHED.kernelRelease;
  expect(await must('dkms', 'build', '-j', '1', '-m', NAME, '-v', '9.9', '-k', release)).toContain('Building module(s)... done.');
  expect(await must('dkms', 'status')).toBe(`i915-sriov-dkms/9.9, ${release}, x86_64: built\n`);
  await must('dkms', 'install', '-m', NAME, '-v', '9.9', '-k', release);
  expect(machine.tree.text(`/lib/modules/${release}/modules.dep`)).toMatch(/^updates\/dkms\/i915\.ko:$/m);
  expect(machine.tree.text(`/lib/modules/${release}/modules.dep`)).not.toMatch(/^kernel\/.*\/i915\.ko:$/m);
  await must('dkms', 'remove', '-m', NAME, '-v', '9.9', '--all');
  expect(machine.tree.text(`/lib/modules/${release}/modules.dep`)).toMatch(/^kernel\/.*\/i915\.ko:$/m);
  expect(await run('dkms', 'remove', '-m', NAME, '-v', '9.9', '--all')).toMatchObject({
    exitCode: 3,
    stderr: '\nError! The module/version combo: i915-sriov-dkms/9.9 is not located in the DKMS tree.\n',
  });
});

function sourceOf(folder: string): { readonly [path: string]: string } {
  return {
    [`${folder}/dkms.conf`]: `PACKAGE_NAME="${NAME}"\nPACKAGE_VERSION="9.9"\nBUILT_MODULE_NAME[0]="i915"\nAUTOINSTALL="yes"\n`,
    [`${folder}/Makefile`]: '# source\n',
  };
}

test('a build fails without headers, and outside of the kernels that the source is for', async () => {
  const { must, run } = packageNode(RAPTOR_LAKE_S);
  await must(...APT, 'install', 'proxmox-kernel-7.0.16-1-pve-signed', 'proxmox-kernel-6.14.11-4-pve-signed');
  expect(await run('dkms', 'build', '-m', NAME, '-v', '2026.05.06', '-k', '7.0.16-1-pve')).toEqual({
    exitCode: 21,
    stdout: '',
    stderr:
      '\nError! Your kernel headers for kernel 7.0.16-1-pve cannot be found at /lib/modules/7.0.16-1-pve/build or /lib/modules/7.0.16-1-pve/source.\n' +
      "Please install the linux-headers-7.0.16-1-pve package or use the --kernelsourcedir option to tell DKMS where it's located.\n",
  });
  const excluded = await run('dkms', 'build', '-m', NAME, '-v', '2026.05.06', '-k', '6.14.11-4-pve');
  expect(excluded).toMatchObject({ exitCode: 77, stderr: expect.stringContaining('includes a BUILD_EXCLUSIVE directive') });
});

test('an API mismatch: the log says it as gcc does, the package of the driver counts as configured all the same', async () => {
  const { must, run, machine } = await withDeb({ threeArgumentsBelow: [8, 0, 0] });
  const answer = await run(...APT, 'install', DEB);
  expect(answer).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Error! Bad return status for module build') });
  expect(await must('dkms', 'status')).toBe('i915-sriov-dkms/2026.05.06: added\n');
  const log = machine.tree.text(`/var/lib/dkms/${NAME}/2026.05.06/build/make.log`) ?? '';
  expect(log).toContain("intel_dp_mst.c:5:20: error: too many arguments to function 'drm_dp_calc_pbn_mode'");
  expect(log).toContain('./include/drm/display/drm_dp_mst_helper.h:1:5: note: declared here');
  expect(await must('dpkg', '--audit')).toBe('');
  // Above the guard the call has the two arguments that the headers want.
  await must(...APT, 'remove', NAME);
  machine.tree.setFile(DEB, i915SriovDeb('2026.05.06', { threeArgumentsBelow: [7, 0, 0] }));
  await must(...APT, 'install', DEB);
  expect(await must('dkms', 'status')).toContain(': installed');
});

test('a postinst that stops at an error, and a kernel whose autoinstall fails, stay half-configured', async () => {
  const { must, run, machine } = await withDeb({ threeArgumentsBelow: [8, 0, 0], postinst: 'stops' });
  const answer = await run(...APT, 'install', DEB);
  expect(answer.exitCode).toBe(100);
  expect(answer.stderr).toContain(
    'dpkg: error processing package i915-sriov-dkms (--configure):\n' +
      ' installed i915-sriov-dkms package post-installation script subprocess returned error exit status 10\n' +
      'Errors were encountered while processing:\n i915-sriov-dkms\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n',
  );
  expect(machine.tree.text('/var/lib/dpkg/status')).toContain('Package: i915-sriov-dkms\nStatus: install ok half-configured\n');
  expect(await must('dpkg', '--audit')).toMatch(/only half configured[\s\S]*\n i915-sriov-dkms /);
  const kernel = await run(...APT, 'install', 'proxmox-headers-7.0.16-1-pve', 'proxmox-kernel-7.0.16-1-pve-signed');
  expect(kernel.stderr).toContain('run-parts: /etc/kernel/postinst.d/dkms exited with return code 11');
  expect(machine.tree.text('/boot/initrd.img-7.0.16-1-pve')).toBeUndefined();
  await run(...APT, 'remove', NAME);
  await must('dpkg', '--configure', '-a');
  expect(await must('dpkg', '--audit')).toBe('');
  expect(machine.tree.text('/boot/initrd.img-7.0.16-1-pve')).toBeDefined();
});

test('a newer .deb takes the place of the older', async () => {
  const { must, machine } = await withDeb();
  machine.tree.setFile('/root/older.deb', i915SriovDeb('2026.05.03'));
  await must(...APT, 'install', '/root/older.deb');
  expect(await must(...APT, 'install', DEB)).toContain('Unpacking i915-sriov-dkms (2026.05.06) over (2026.05.03) ...');
  expect(await must('dkms', 'status')).toBe(
    'i915-sriov-dkms/2026.05.06, 7.0.14-12-pve, x86_64: installed (Original modules exist)\n',
  );
  expect(machine.tree.names('/usr/src')).not.toContain('i915-sriov-dkms-2026.05.03');
});

test('a node without DKMS has no dkms', async () => {
  const { node } = packageNode(RAPTOR_LAKE_P);
  expect(await node.run(['dkms', 'status'])).toMatchObject({ ok: false, problem: { code: 'host.run' } });
});
