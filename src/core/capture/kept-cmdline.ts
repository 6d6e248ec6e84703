// SPDX-License-Identifier: AGPL-3.0-or-later
import { scrubText } from './scrub.ts';

/** Parameters of the kernel command line whose values say nothing of a person: names, or the part before the dot of a module's. */
const KEPT = new Set(
  (
    'quiet splash ro rw nomodeset nosmt rootwait single debug BOOT_IMAGE initrd video console consoleblank loglevel fbcon vga ' +
    'intel_iommu amd_iommu iommu intremap pci pcie_aspm pcie_ports pcie_acs_override vfio_iommu_type1 mitigations module_blacklist ' +
    'initcall_blacklist acpi acpi_osi acpi_enforce_resources hugepages hugepagesz default_hugepagesz transparent_hugepage ' +
    'isolcpus nohz_full rcu_nocbs panic lockdown efi rootdelay rootflags boot rootfstype apparmor audit nowatchdog nmi_watchdog ' +
    'intel_pstate intel_idle processor cpufreq tsc clocksource idle reboot usbcore simplefb sysfb efifb vesafb systemd net drm ' +
    'drm_kms_helper i915 xe kvmgt kvm kvm_intel kvm_amd vfio vfio_pci modprobe snd_hda_intel nouveau amdgpu radeon mei mei_me ' +
    'thunderbolt memmap mem'
  ).split(' '),
);

/** Parameters of a kept name whose values are a person's all the same: host names, credentials, monitors' file names. */
const PRIVATE =
  /^(systemd\.(?!unit$|unified_cgroup_hierarchy$|log_level$|show_status$)|net\.(?!ifnames$)|drm(_kms_helper)?\.edid_firmware$)/;

const VALUE = /^[\w.,:*!@+;\-/[\]]{0,200}$/;
const IMAGE = /(?:vmlinuz|initrd\.img|initrd|bzImage|linux)[\w.+-]*$/;

/**
 * A kernel command line with the known parameters only; each other one becomes `_`, so that their number stays. The root is
 * kept in shape: UUIDs are zeros, and a path that a person may have named is gone.
 */
export function keptCmdlineWords(cmdline: string): string {
  return cmdline.replace(/(?:"[^"]*"|[^\s"])+/g, keptWord);
}

function keptWord(word: string): string {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  if (name === 'root') return `root=${keptRoot(value ?? '')}`;
  if (!KEPT.has(name.split('.')[0] ?? '') || !/^[\w.-]{1,64}$/.test(name)) return '_';
  if (value === undefined) return name;
  if (PRIVATE.test(name)) return `${name}=_`;
  if (name === 'BOOT_IMAGE' || name === 'initrd') return `${name}=${keptImage(value)}`;
  return VALUE.test(value) && !value.includes('/home') ? `${name}=${scrubText(value)}` : `${name}=_`;
}

function keptRoot(value: string): string {
  const uuid = /^(UUID|PARTUUID)=/.exec(value);
  if (uuid !== null)
    return `${uuid[1]}=${value
      .slice(uuid[0].length)
      .replace(/[0-9a-f]/gi, '0')
      .replace(/[^0-]/g, '')}`;
  return /^(ZFS=rpool\/ROOT\/pve-\d+|\/dev\/mapper\/pve-root|\/dev\/(sd[a-z]|nvme\d+n\d+p|vd[a-z])\d+|ZFS=auto)$/.test(value)
    ? value
    : '/dev/_';
}

function keptImage(value: string): string {
  const name = IMAGE.exec(value)?.[0];
  if (name === undefined) return '_';
  const known = /^(?:[\\/](?:boot|EFI|proxmox|ROOT|pve-\d+@?|@|[\d.]+-[\w-]+))*[\\/]/.exec(value)?.[0];
  if (known !== undefined && known + name === value) return value;
  // systemd-boot writes backslashes, which tell that it was the loader; the folder is the machine's id
  const folder = /^\\(?:[0-9a-f]{32}|_)\\([\d.]+[\w.-]*\\)/.exec(value)?.[1] ?? '';
  return value.startsWith('\\') ? `\\_\\${folder}${name}` : `/boot/${name}`;
}
