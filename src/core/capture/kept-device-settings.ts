// SPDX-License-Identifier: AGPL-3.0-or-later

/** The attributes of a PCI device that other tools set at boot. */
const ATTRIBUTE = '(sriov_numvfs|sriov_drivers_autoprobe|driver_override|power/control|enable)';
/** A PCI device below /sys, told by addresses alone. */
const DEVICE = '(bus/pci/devices|devices/pci[0-9a-f:]+)(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7])+';

const SYSFS_LINE = new RegExp(`^\\s*(/sys/)?${DEVICE}/${ATTRIBUTE}\\s*=\\s*[\\w-]{1,32}\\s*$`);
const TMPFILES_LINE = new RegExp(`^\\s*w\\+?!?\\s+/sys/${DEVICE}/${ATTRIBUTE}(\\s+-){4}\\s+[\\w-]{1,32}\\s*$`);
const RULE_ITEM =
  /\b(?:(?:ACTION|SUBSYSTEM|DRIVER)(?:==|!=)"[\w|-]{0,24}"|KERNEL==?"[0-9a-f:.*?]{0,16}"|ATTRS?\{(?:vendor|device|class|sriov_numvfs|sriov_drivers_autoprobe|driver_override)\}(?:==|!=|:=|=)"[\w*?|-]{0,24}")/g;

/** `/etc/sysfs.conf` and `sysfs.d` (sysfsutils) with the settings of PCI devices alone; line numbers stay. */
export function keptSysfsConf(text: string): string {
  return linesWhere(text, SYSFS_LINE);
}

/** `tmpfiles.d` with the lines that write an attribute of a PCI device (tmpfiles.d(5), type `w`). */
export function keptTmpfiles(text: string): string {
  return linesWhere(text, TMPFILES_LINE);
}

/** udev rules that set VFs or a driver: what they match and what they set, without the programs that they run. */
export function keptUdevRules(text: string): string {
  const kept = (line: string) => {
    if (/^\s*#/.test(line) || !/sriov_numvfs|driver_override/.test(line)) return '';
    return (line.match(RULE_ITEM) ?? []).join(', ');
  };
  return withoutTail(text.split('\n').map(kept));
}

/** A file of driverctl: the name of a driver. */
export function keptDriverName(text: string): string {
  return /^[\w-]{1,32}\n?$/.test(text) ? text : '';
}

function linesWhere(text: string, pattern: RegExp): string {
  return withoutTail(text.split('\n').map((line) => (pattern.test(line) ? line : '')));
}

/** Empty lines count only in front of what is kept. */
function withoutTail(lines: readonly string[]): string {
  return lines.join('\n').replace(/^\n+$|(?<=\n)\n+$/, '');
}
