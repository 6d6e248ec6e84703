// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingId } from '../finding.ts';

/** All that leaves a GPU without a driver that could make VFs of it, the nearest causes first. */
export const NO_PF: readonly FindingId[] = [
  'driver.not-bound',
  'driver.stock-loaded',
  'driver.none-for-kernel',
  'driver.no-sriov-for-gpu',
  'driver.xe-has-no-sriov',
  'driver.guc-off',
  'driver.enable-guc-7',
  'driver.max-vfs-missing',
  'driver.firmware-missing',
  'firmware.sriov-off',
  'firmware.no-vf-address-space',
  'firmware.guc-image-refused',
  'boot.vfs-before-driver',
  'boot.sysfs-conf-unread',
  'boot.unit-failed',
  'boot.reboot-pending',
  'boot.own-settings-gone',
];

/** Settings that put vfio-pci onto a whole GPU. */
export const VFIO_SETTINGS: readonly FindingId[] = ['leftover.vfio-ids', 'leftover.driverctl', 'leftover.udev-override'];
