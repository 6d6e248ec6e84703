// SPDX-License-Identifier: AGPL-3.0-or-later
import type { KernelState } from './state.ts';
import { writeDeviceAttribute } from './write-device.ts';

const WRITE =
  /^if grep -qsx (0x[0-9a-f]{4}) \/sys\/bus\/pci\/devices\/([0-9a-f:.]+)\/device; then echo (\S+) > \/sys\/bus\/pci\/devices\/\2\/driver_override; fi;\s*/;
const EXEC = /^exec \/sbin\/modprobe --ignore-install (\S+) \$CMDLINE_OPTS$/;

/**
 * Runs the command of an `install` line of modprobe.d(5), which takes the place of loading a module. Known are `/bin/true` and
 * `/bin/false`, and the form that gives single functions to another driver before it loads the module after all. True when the
 * module is to be loaded now. What the simulated shell does not know runs nothing and is told in the kernel log.
 */
export function runInstallLine(state: KernelState, module: string, command: string): boolean {
  if (/^(?:\/usr)?\/bin\/(?:true|false)$/.test(command)) return false;
  const writes: (readonly [id: string, bdf: string, driver: string])[] = [];
  let rest = command;
  for (let match = WRITE.exec(rest); match !== null; match = WRITE.exec(rest)) {
    writes.push([match[1] ?? '', match[2] ?? '', match[3] ?? '']);
    rest = rest.slice(match[0].length);
  }
  const loads = EXEC.exec(rest)?.[1];
  if (loads?.replaceAll('-', '_') !== module) {
    state.log(`modprobe: the simulated shell does not know the install command of ${module}: ${command}`);
    return false;
  }
  for (const [id, bdf, driver] of writes) {
    const device = state.devices.get(bdf);
    const isMeant = state.tree.text(`/sys/bus/pci/devices/${bdf}/device`)?.trimEnd() === id;
    if (device !== undefined && isMeant) writeDeviceAttribute(state, device, 'driver_override', `${driver}\n`);
  }
  return true;
}
