// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Detector, Leftover } from './leftover.ts';

/**
 * `/etc/driverctl.d/ADDRESS` of driverctl(8), whose one line is the driver that its udev rule gives the device at each boot. Such a
 * file knows no comments, so it has no line that could be switched off.
 */
export const driverctl: Detector = ({ others, device, mode, driver: needed }) =>
  others.files.flatMap(({ path, text }): readonly Leftover[] => {
    if (path !== `/etc/driverctl.d/${device.bdf}`) return [];
    const driver = text.trim();
    const says = `driverctl gives ${device.bdf} this driver at each boot.`;
    const found = { id: 'leftover.driverctl', path, text: driver, says };
    const wanted = mode === 'gvt-d' ? 'vfio-pci' : needed;
    if (driver === wanted) return [mode === 'gvt-d' ? { ...found, serves: true } : found];
    const breaks = `In the mode ${mode} the GPU needs ${wanted ?? 'its own driver'}.`;
    return [{ ...found, breaks, remedy: `Take it away with: driverctl unset-override ${device.bdf}` }];
  });
