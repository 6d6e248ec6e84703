// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Detector } from './leftover.ts';
import { type UdevLine, udevLines } from './udev-lines.ts';
import { makerOf } from './vf-maker.ts';

/**
 * Rules of udev (udev(7)) that make VFs with `ATTR{.../sriov_numvfs}="N"` or give a driver with `ATTR{driver_override}="vfio-pci"`. A
 * rule counts when it names the address or the id of the GPU, since one for another device is none of ours.
 */
export const udevRule: Detector = (ground) =>
  ground.others.files.flatMap(({ path, text }) => {
    if (!/^\/etc\/udev\/rules\.d\/[^/]+\.rules$/.test(path)) return [];
    return udevLines(text).flatMap(({ line, text: lines, rule }: UdevLine) => {
      const { device, mode } = ground;
      if (!isAbout(rule, device)) return [];
      const place = { path, line, text: lines };
      const [, count] = /ATTR\{(?:[^}]*\/)?sriov_numvfs\}\s*=\s*"(\d+)"/.exec(rule) ?? [];
      if (count !== undefined)
        return makerOf(ground, { ...place, attribute: `${device.bdf}/sriov_numvfs`, count: Number(count) });
      const [, driver] = /ATTR\{(?:[^}]*\/)?driver_override\}\s*=\s*"([\w-]+)"/.exec(rule) ?? [];
      if (driver === undefined) return [];
      const says = `It gives ${device.bdf} the driver ${driver}.`;
      const isVfio = driver === 'vfio-pci';
      if (mode === 'gvt-d' && isVfio) return [{ id: 'leftover.udev-override', ...place, says, serves: true as const }];
      const other = mode === 'gvt-d' ? 'vfio-pci' : ground.driver;
      const breaks = `In the mode ${mode} the GPU needs ${other ?? 'its own driver'}.`;
      return [{ id: 'leftover.udev-override', ...place, says, ...(driver === other ? {} : { breaks }) }];
    });
  });

/** By `KERNEL=="0000:00:02.0"` or `ATTR{device}=="0x5a85"`, and never both with another value. */
function isAbout(rule: string, { bdf, device }: { readonly bdf: string; readonly device: string }): boolean {
  const [, kernel] = /\bKERNELS?\s*==\s*"([^"]+)"/.exec(rule) ?? [];
  const [, id] = /\bATTRS?\{device\}\s*==\s*"([^"]+)"/.exec(rule) ?? [];
  if (kernel === undefined && id === undefined) return rule.includes(`${bdf}/`);
  return (kernel === undefined || kernel === bdf) && (id === undefined || id.toLowerCase() === `0x${device}`);
}
