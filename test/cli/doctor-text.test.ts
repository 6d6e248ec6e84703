// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { doctorText } from '../../src/cli/doctor-text.ts';
import type { Diagnosis, DoctorView } from '../../src/core/doctor/doctor-view.ts';
import { expectGolden } from '../support/golden.ts';

const missing: Diagnosis = {
  id: 'guest.slice-missing',
  area: 'guest',
  severity: 'error',
  title: 'A guest names a device that is not there',
  subject: 'VM 101',
  because: 'VM 101 cannot start: its VF is not there.',
  evidence: [{ source: 'VM 101', value: 'hostpci0: 0000:00:02.3' }],
  remedy: 'Make the VFs again.',
  reference: 'https://example.org/guest',
  consequences: [],
};

const gone: Diagnosis = {
  id: 'vf.gone',
  area: 'vf',
  severity: 'error',
  title: 'VFs are wanted and do not exist',
  subject: '0000:00:02.0',
  because: '0000:00:02.0 has no VFs now, although seven of them were asked for with "pveigpu apply sriov" on this node.',
  evidence: [
    { source: '/sys/bus/pci/devices/0000:00:02.0/virtfn*', value: 'absent' },
    { source: 'kernel log', value: 'i915 \u001b[31mred' },
  ],
  remedy: 'Make them again.',
  fix: { arguments: ['vf', 'create', '--gpu', '0000:00:02.0'], plan: true },
  reference: 'https://example.org/vf',
  consequences: [missing],
};

const headers: Diagnosis = {
  ...missing,
  id: 'boot.no-initramfs',
  area: 'boot',
  severity: 'critical',
  title: 'The kernel that boots next has no initramfs',
  because: 'Kernel 6.17.9-1-pve has no initramfs.',
  remedy:
    'Before the next reboot run "update-initramfs -c -k 6.17.9-1-pve", and "proxmox-boot-tool refresh" where the node uses it.',
};

/** The same problem of eight guests. */
const guests = Array.from({ length: 8 }, (_, at) => ({
  ...missing,
  id: 'guest.hookscript-missing' as const,
  title: 'The hookscript of a guest is not there',
  subject: `VM ${200 + at}`,
  because: 'The hookscript is not there.',
}));

const view: DoctorView = {
  format: 1,
  answer: 'problems',
  node: { name: 'pve', kernel: '6.17.9-1-pve', pveVersion: '9.2.11', quorate: true },
  looked: 180,
  deep: false,
  problems: [headers, gone, ...guests],
  advice: [{ ...missing, id: 'firmware.old', area: 'firmware', severity: 'advice', title: 'BIOS and ME firmware are years old' }],
  notes: [{ ...missing, id: 'driver.normal', area: 'driver', severity: 'note', title: 'i915 calls an option dangerous' }],
  unmeasured: [
    { id: 'rom.page', because: 'The ROM file gop.rom could not be looked at: EACCES.', matters: false },
    { id: 'secure-boot.key', because: 'It was not asked.', needs: 'deep', matters: false },
  ],
  switches: [
    { name: 'VT-d', setting: 'on', because: '/sys/class/iommu has dmar0' },
    { name: 'SR-IOV', gpu: '0000:03:00.0', setting: 'unknown', because: 'its config space is hidden; run it as root' },
  ],
};

test.each([60, 80, 120])('a sick machine in %i columns', (columns) => {
  const text = doctorText({ colour: false, columns }, view);
  expectGolden(`doctor/sick-${columns}.txt`, text);
  expect(
    text.split('\n').filter((line) => line.length > columns && !line.includes('FIRMWARE') && !line.includes('config')),
  ).toEqual([]);
  expect(text).not.toContain('\u001b');
});

test('a healthy one, one whose only problem is for a person, and one that hides something', () => {
  const healthy: DoctorView = { ...view, answer: 'healthy', problems: [], notes: [], unmeasured: [] };
  expectGolden('doctor/healthy.txt', doctorText({ colour: false, columns: 80 }, healthy));
  expectGolden(
    'doctor/one.txt',
    doctorText({ colour: false, columns: 80 }, { ...healthy, answer: 'problems', problems: [headers] }),
  );
  const hidden = {
    id: 'vf.gone',
    because: '/sys/bus/pci/devices cannot be read (EACCES).',
    needs: 'root',
    matters: false,
  } as const;
  const open: DoctorView = { ...healthy, answer: 'unknown', advice: [], unmeasured: Array.from({ length: 40 }, () => hidden) };
  expectGolden('doctor/open.txt', doctorText({ colour: false, columns: 80 }, open));
});

test('colour is for terminals', () => {
  expect(doctorText({ colour: true, columns: 80 }, view)).toContain('\u001b[');
});
