// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_UNIT_NAME } from '../../boot/vf-boot-unit.ts';
import { ifKnown } from '../../facts/section.ts';
import { logEvidence } from '../../gpu/gpu-case.ts';
import { desiredOf } from '../../plan/desired.ts';
import { installedVersion } from '../../platform/package-states.ts';
import { UNIT_FOLDER } from '../../setup/own-path.ts';
import { visible } from '../../text/visible.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';
import { effectiveLeftovers } from '../leftover/effective-leftovers.ts';

/** `/etc/sysfs.conf` is read by a program of the package sysfsutils, and by nothing else. */
export const SYSFS_CONF_UNREAD: FindingRule = {
  id: 'boot.sysfs-conf-unread',
  severity: 'error',
  title: 'VFs are asked for in /etc/sysfs.conf, which nothing reads',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/install-pve-host.md',
  examine: (ground) => {
    const packages = ifKnown(ground.facts.packages);
    if (packages === undefined || installedVersion(packages, 'sysfsutils') !== undefined) return FINE;
    const lines = effectiveLeftovers(ground).filter(
      ({ leftover: { id, path }, device, mode }) =>
        id === 'leftover.vf-maker' && mode === 'sriov' && path.startsWith('/etc/sysfs') && (device.sriov?.vfs.length ?? 0) === 0,
    );
    return lines.map(({ leftover, device }) => ({
      state: 'problem',
      subject: device.bdf,
      because: `${leftover.path} asks for VFs of ${device.bdf}, but the package sysfsutils, which reads that file at boot, is not installed.`,
      evidence: [
        { source: `${leftover.path}:${leftover.line ?? 1}`, value: visible(leftover.text.trim(), 200) },
        { source: '/var/lib/dpkg/status', value: 'sysfsutils is not installed' },
      ],
      remedy: {
        text: 'Let pveigpu make the VFs at each boot, in the right order, or install sysfsutils.',
        fix: { kind: 'apply', mode: 'sriov', gpu: device.bdf },
      },
    }));
  },
};

const TOO_EARLY = /no driver bound to device; cannot configure SR-IOV/;

/** Something wrote `sriov_numvfs` at boot before the driver had the GPU (kernel drivers/pci/iov.c). */
export const VFS_BEFORE_DRIVER: FindingRule = {
  id: 'boot.vfs-before-driver',
  severity: 'error',
  title: 'VFs were asked for before the driver had the GPU',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/355',
  examine: (ground) => {
    const early = gpuWishes(ground).flatMap((wish) => {
      const said = wish.mode === 'sriov' ? logEvidence(wish, TOO_EARLY) : undefined;
      const isBound = wish.device.driver === 'i915' || wish.device.driver === 'xe';
      return said === undefined || !isBound || (wish.device.sriov?.vfs.length ?? 0) > 0 ? [] : [{ wish, said }];
    });
    return early.map(({ wish: { device }, said }) => ({
      state: 'problem',
      subject: device.bdf,
      because: `VFs of ${device.bdf} were asked for at boot before ${device.driver} had the GPU, so there are none now although it has it.`,
      evidence: [said, { source: `/sys/bus/pci/devices/${device.bdf}/driver`, value: device.driver ?? 'absent' }],
      remedy: {
        text: 'Make them now with "pveigpu vf create", and let pveigpu make them at boot, since its unit waits for the driver.',
        fix: { kind: 'vf-create', gpu: device.bdf },
      },
    }));
  },
};

/** The unit that makes VFs at boot is gone although VFs were asked for with pveigpu. */
export const VF_UNIT_MISSING: FindingRule = {
  id: 'boot.vf-unit-missing',
  severity: 'warning',
  title: 'Nothing makes the VFs at the next boot',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/install-pve-host.md',
  examine: (ground) => {
    const { facts, desired } = ground;
    const config = ifKnown(facts.config);
    const path = `${UNIT_FOLDER}/${VF_BOOT_UNIT_NAME}`;
    if (config === undefined || desired.state !== 'known' || config.files.some((file) => file.path === path)) return FINE;
    const makers = effectiveLeftovers(ground).filter(({ leftover }) => leftover.id === 'leftover.vf-maker');
    const isTrial = (key: string) => ground.pending?.trial?.gpu.startsWith(key) === true;
    const asked = gpuWishes(ground).filter(
      ({ device, mode }) =>
        mode === 'sriov' &&
        desiredOf(desired.value, device)?.mode === 'sriov' &&
        !isTrial(device.bdf) &&
        !makers.some((one) => one.device.bdf === device.bdf),
    );
    return asked.map(({ device, sign }) => ({
      state: 'problem',
      subject: device.bdf,
      because: `VFs of ${device.bdf} were set up with pveigpu, but no unit makes them at boot.`,
      evidence: [{ source: path, value: 'absent' }, sign],
      remedy: { text: 'Set the mode up again: it writes the unit.', fix: { kind: 'apply', mode: 'sriov', gpu: device.bdf } },
    }));
  },
};
