// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../../../src/core/facts/guest-facts.ts';
import { configDigest } from '../../../src/core/guest/digest.ts';
import type { Plan, Step } from '../../../src/core/plan/action.ts';
import { textToBase64, toBase64 } from '../../../src/core/plan/file-image.ts';
import { NUMVFS, newTree, PF, VBIOS } from './rig.ts';

const VF1 = '/sys/bus/pci/devices/0000:00:02.1';

export function poolOf(...paths: readonly number[]): Pool {
  return {
    id: 'igpu-vf',
    description: 'ours',
    mdev: false,
    liveMigrationCapable: false,
    entries: paths.map((index) => ({
      node: 'n',
      id: '8086:a780',
      path: `0000:00:02.${index}`,
      subsystemId: '1043:8882',
      iommuGroup: 19 + index,
    })),
  };
}

export const createVfs: readonly Step[] = [
  {
    action: 'writeSysfs',
    args: { path: `${PF}/sriov_drivers_autoprobe`, value: '0', undo: '1', timeoutMs: 1000, mustBeFree: [] },
    reason: 'keep the host off the VFs',
  },
  {
    action: 'writeSysfs',
    args: {
      path: NUMVFS,
      value: '3',
      undo: '0',
      verify: { kind: 'exists', path: `${PF}/virtfn2` },
      verifyUndo: { kind: 'absent', path: `${PF}/virtfn0` },
      timeoutMs: 1000,
      mustBeFree: [],
    },
    reason: 'make VFs',
  },
  {
    action: 'writeSysfs',
    args: { path: `${VF1}/driver_override`, value: 'vfio-pci', undo: '', timeoutMs: 1000, mustBeFree: ['0000:00:02.1'] },
    reason: 'bind the VF to vfio-pci',
  },
  {
    action: 'writeSysfs',
    args: {
      path: '/sys/bus/pci/drivers_probe',
      value: '0000:00:02.1',
      undo: null,
      verify: { kind: 'link-name', path: `${VF1}/driver`, name: 'vfio-pci' },
      timeoutMs: 1000,
      mustBeFree: [],
    },
    reason: 'bind the VF to vfio-pci',
  },
];

export function guestStep(
  vmid: number,
  set: { readonly [key: string]: string },
  remove: readonly string[] = [],
  text?: string,
): Step {
  const config = text ?? newTree().text(`/etc/pve/qemu-server/${vmid}.conf`) ?? '';
  const value = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(config)?.[1] ?? null;
  const before = Object.fromEntries([...Object.keys(set), ...remove].map((key) => [key, value(key)]));
  return {
    action: 'setGuestConfig',
    args: { kind: 'qemu', vmid, set, remove, revert: [], digest: configDigest(config), before },
    reason: 'hand the VF over',
  };
}

export const newFile: Step = {
  action: 'writeFile',
  args: {
    path: '/etc/modprobe.d/pveigpu.conf',
    base64: textToBase64('options xe max_vfs=7\n'),
    mode: 0o644,
    before: { kind: 'absent' },
  },
  reason: 'module options',
};

const other = { kind: 'file', base64: textToBase64('options kvm nested=1\r\n'), mode: 0o644, uid: 0, gid: 0 } as const;
export const changedFile: Step = {
  action: 'writeFile',
  args: { path: '/etc/modprobe.d/other.conf', base64: textToBase64('options kvm nested=0\r\n'), mode: 0o644, before: other },
  reason: 'a foreign line',
};
export const removedFile: Step = {
  action: 'removeFile',
  args: { path: '/etc/modprobe.d/other.conf', before: other },
  reason: 'not needed',
};

/** A new option ROM, and another in the place of one that was there. */
export const largeFiles: readonly Step[] = [
  {
    action: 'writeFile',
    args: {
      path: '/usr/share/kvm/new.rom',
      base64: toBase64(VBIOS.map((byte) => ~byte)),
      mode: 0o644,
      before: { kind: 'absent' },
    },
    reason: 'the guest needs it',
  },
  {
    action: 'writeFile',
    args: {
      path: '/usr/share/kvm/vbios.bin',
      base64: toBase64(VBIOS.map((byte) => byte ^ 1)),
      mode: 0o644,
      before: { kind: 'file', base64: toBase64(VBIOS), mode: 0o644, uid: 0, gid: 0 },
    },
    reason: 'the guest needs it',
  },
];

export function plan(...steps: readonly Step[]): Plan {
  return { title: 'test', steps, remarks: [] };
}

export const PLANS: { readonly [name: string]: Plan } = {
  'VFs, pool and guest': plan(
    ...createVfs,
    { action: 'createPool', args: { pool: poolOf(1, 2) }, reason: 'pool' },
    guestStep(101, { hostpci0: 'mapping=igpu-vf', tags: 'b;a;c' }, ['cores']),
  ),
  files: plan(newFile, changedFile),
  'large files': plan(...largeFiles, guestStep(101, { hostpci0: '0000:00:02.1' })),
  'remove a file, change two guests': plan(
    removedFile,
    guestStep(101, { hostpci0: '0000:00:02.1', hookscript: 'local:snippets/pveigpu-hook' }),
    guestStep(102, { hostpci0: '0000:00:02.2', memory: '512' }),
  ),
};
