// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { i915SriovDeb } from '../../src/simulator/packages/i915-sriov-deb.ts';
import { RAPTOR_LAKE_P } from '../../src/simulator/profiles/twelfth-generation.ts';
import { APT, type PackageNode, packageNode } from './packages/package-node.ts';

const PUB = '/var/lib/dkms/mok.pub';
const GPU = '0000:00:02.0';

/** A node with Secure Boot and the driver from DKMS, signed with a key that nobody has enrolled. */
async function signedNode(): Promise<PackageNode> {
  const made = packageNode(RAPTOR_LAKE_P);
  made.machine.tree.setFile('/root/a.deb', i915SriovDeb('2026.05.06'));
  await made.must(...APT, 'install', `proxmox-headers-${RAPTOR_LAKE_P.kernelRelease}`, '/root/a.deb');
  return made;
}

test('a module that nobody has enrolled the key of is refused, early and late', async () => {
  const { run, must, node } = await signedNode();
  expect(await must('mokutil', '--sb-state')).toBe('SecureBoot enabled\n');
  expect(await node.reboot()).toEqual({ booted: true });
  expect(node.machine.kernel.driverOf(GPU)).toBeNull();
  expect((await run('dmesg')).stdout).toContain('Loading of module with unavailable key is rejected');
  expect(await run('modprobe', 'i915')).toMatchObject({
    exitCode: 1,
    stderr: "modprobe: ERROR: could not insert 'i915': Key was rejected by service\n",
  });
});

test('an import waits for somebody at the console, and is gone when nobody was there', async () => {
  const { run, must, node, machine } = await signedNode();
  const hash = await must('mokutil', '--generate-hash=12345678');
  machine.tree.setFile('/root/hash', hash);
  expect(await run('mokutil', '--test-key', PUB)).toEqual({ exitCode: 1, stdout: `${PUB} is not enrolled\n`, stderr: '' });
  await must('mokutil', '--import', PUB, '--hash-file', '/root/hash');
  expect((await run('mokutil', '--test-key', PUB)).stdout).toBe(`${PUB} is already in the enrollment request\n`);
  await node.reboot();
  expect((await run('mokutil', '--test-key', PUB)).stdout).toBe(`${PUB} is not enrolled\n`);
  await must('mokutil', '--import', PUB, '--hash-file', '/root/hash');
  machine.keys.someoneAtConsole = true;
  await node.reboot();
  expect((await run('mokutil', '--test-key', PUB)).stdout).toBe(`${PUB} is already enrolled\n`);
  expect(node.machine.kernel.driverOf(GPU)).toBe('i915');
  expect((await run('dmesg')).stdout).toContain('Running in SR-IOV PF mode');
});

test('a request can be taken back, and another key is another key', async () => {
  const { run, must, machine } = await signedNode();
  machine.tree.setFile('/root/hash', await must('mokutil', '--generate-hash=12345678'));
  await must('mokutil', '--import', PUB, '--hash-file', '/root/hash');
  await must('mokutil', '--revoke-import');
  expect((await run('mokutil', '--test-key', PUB)).stdout).toContain('is not enrolled');
  machine.keys.enrolled.add((machine.tree.text(PUB) ?? '').trim());
  machine.tree.setFile(PUB, 'simulated certificate of somebody else\n');
  expect((await run('mokutil', '--test-key', PUB)).stdout).toContain('is not enrolled');
});

test.each([
  [['--test-key', '/nosuch'], 'Failed to open /nosuch\n'],
  [['--test-key', '/etc/hostname'], 'Not a valid x509 certificate\n'],
  [['--import', PUB, '--hash-file', '/etc/hostname'], 'Failed to parse the string\nFailed to read hash\n'],
])('mokutil %s fails', async (words, stderr) => {
  expect(await (await signedNode()).run('mokutil', ...words)).toMatchObject({ exitCode: 255, stderr });
});
