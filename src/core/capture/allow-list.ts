// SPDX-License-Identifier: AGPL-3.0-or-later

import { keptProcNetUnix } from '../guest/guest-process.ts';
import { keptGuestFile } from '../guest/reduce-runtime.ts';
import { keptLog } from '../kernel-log/relevant-lines.ts';
import { keptModuleFile } from '../modules/module-info.ts';
import { RELEVANT_MODULES } from '../modules/module-name.ts';
import { keptModuleIndex } from '../modules/module-origin.ts';
import { keptAptSources } from '../platform/apt-sources.ts';
import { keptMembers } from '../platform/cluster-files.ts';
import { keptCpuinfo } from '../platform/cpuinfo.ts';
import { keptStatus, SENSED_PACKAGES } from '../platform/dpkg-status.ts';
import { keptPackageStates, packageStates } from '../platform/package-states.ts';
import { keptCgroup } from '../platform/process-identity.ts';
import {
  keptEfiOption,
  keptEspUuids,
  keptGrubCfg,
  keptGrubDefaults,
  keptKernelCmdline,
  keptLoaderInfo,
  keptReleases,
} from './kept-boot.ts';
import { keptBuildLog } from './kept-build-log.ts';
import { keptCmdlineWords } from './kept-cmdline.ts';
import { keptConfigSpace } from './kept-config-space.ts';
import { keptDriverName, keptSysfsConf, keptTmpfiles, keptUdevRules } from './kept-device-settings.ts';
import { keptModprobe, keptModulesLoad } from './kept-modprobe.ts';
import { keptDkmsStatus, keptInitramfs, keptKeyTest, keptPoolFeatures } from './kept-outputs.ts';
import { keptDesired, keptLedger, keptPending } from './kept-state.ts';
import { keptStartLog, keptTaskList } from './kept-tasks.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import {
  keptProgram,
  renameFreeText,
  renameGuest,
  renameLog,
  renamePools,
  renameStorages,
  renameVmlist,
} from './rename-texts.ts';
import { scrubText, scrubUuids } from './scrub.ts';

/** What a capture keeps of a file: its path as on the machine, its text, and the names to give people's things. */
export type Keep = (path: string, text: string, names: Pseudonyms) => string;

const attribute: Keep = (_, text) => scrubUuids(text);
const guestFile: Keep = (path, text) => keptGuestFile(path, text) ?? '';

/**
 * The only files whose content is ever kept, by their real path (links followed), and what is kept of each. A file that is not
 * here is not written into a capture, whoever reads it.
 */
export const KEPT_FILES: readonly (readonly [RegExp, Keep])[] = [
  [
    /^\/sys\/(devices|class|bus)\/.+\/(vendor|device|subsystem_vendor|subsystem_device|class|revision|boot_vga|enable|resource)$/,
    attribute,
  ],
  [/^\/sys\/(devices|class|bus)\/.+\/(reset_method|power_state|numa_node|driver_override|sriov_[a-z_]+|dev|status)$/, attribute],
  [/^\/sys\/.+\/mdev_supported_types\/[^/]+\/(available_instances|name|device_api|description)$/, attribute],
  [/^\/sys\/module\/[^/]+\/(version|taint)$/, attribute],
  [/^\/sys\/module\/[^/]+\/parameters\/[^/]+$/, (_, text) => keptParameter(text)],
  [/^\/sys\/.+\/dmi\/id\/(board_vendor|board_name|product_name|bios_version|bios_date)$/, attribute],
  [/^\/sys\/.+\/mei\d+\/fw_ver$/, attribute],
  [/^\/proc\/sys\/kernel\/osrelease$/, attribute],
  [/^\/proc\/cmdline$/, (_, text) => keptCmdlineWords(text)],
  [/^\/proc\/cpuinfo$/, (_, text) => keptCpuinfo(text)],
  [/^\/proc\/uptime$/, (_, text) => text],
  [/^\/proc\/(\d+\/)?net\/unix$/, (_, text) => keptProcNetUnix(text)],
  [/^\/proc\/\d+\/comm$/, (_, text) => `${keptProgram(text.trim())}\n`],
  [/^\/proc\/\d+\/cgroup$/, (_, text) => keptCgroup(text)],
  [/^\/proc\/(stat|\d+\/cmdline)$/, guestFile],
  [/^\/run\/qemu-server\/(pci-id-reservations|\d+\.pid)$/, guestFile],
  [/^(\/usr)?\/lib\/modules\/[^/]+\/modules\.(dep|builtin)$/, (_, text) => keptModuleIndex(text, RELEVANT_MODULES)],
  [/^(\/usr)?\/lib\/modules\/.+\.ko$/, (_, text) => keptModuleFile(new TextEncoder().encode(text))],
  [/^\/(etc|run|usr\/local\/lib|usr\/lib|lib)\/modprobe\.d\/[^/]+\.conf$/, (_, text) => keptModprobe(text)],
  [/^\/(etc|run|usr\/local\/lib|usr\/lib)\/modules-load\.d\/[^/]+\.conf$/, (_, text) => keptModulesLoad(text)],
  [/^\/etc\/(modules|initramfs-tools\/modules)$/, (_, text) => keptModulesLoad(text)],
  [/^\/etc\/default\/grub(\.d\/[^/]+\.cfg)?$/, (_, text) => keptGrubDefaults(text)],
  [/^\/boot\/grub\/grub\.cfg$/, (_, text) => keptGrubCfg(text)],
  [/^\/etc\/kernel\/cmdline$/, (_, text) => keptKernelCmdline(text)],
  [/^\/etc\/kernel\/proxmox-boot-uuids$/, (_, text) => keptEspUuids(text)],
  [/^\/etc\/kernel\/(proxmox-boot-pin|next-boot-pin|proxmox-boot-manual-kernels)$/, (_, text) => keptReleases(text)],
  [/^\/etc\/(sysfs\.conf|sysfs\.d\/[^/]+\.conf)$/, (_, text) => keptSysfsConf(text)],
  [/^\/etc\/tmpfiles\.d\/[^/]+\.conf$/, (_, text) => keptTmpfiles(text)],
  [/^\/etc\/udev\/rules\.d\/[^/]+\.rules$/, (_, text) => keptUdevRules(text)],
  [/^\/etc\/driverctl\.d\/[^/]+$/, (_, text) => keptDriverName(text)],
  // only that they are there
  [/^\/etc\/(systemd\/system\/pveigpu-[\w.-]+|apt\/apt\.conf\.d\/80pveigpu)$/, () => ''],
  [/^\/var\/lib\/pveigpu\/ledger\.json$/, (_, text, names) => keptLedger(text, names)],
  [/^\/var\/lib\/pveigpu\/desired\.json$/, (_, text) => keptDesired(text)],
  [/^\/var\/lib\/pveigpu\/pending\.json$/, (_, text, names) => keptPending(text, names)],
  [/^\/proc\/sys\/kernel\/random\/boot_id$/, (_, text, names) => `${names.of('boot', text.trim())}\n`],
  [/^\/var\/lib\/dkms\/[^/]+\/[^/]+\/build\/make\.log$/, (_, text) => keptBuildLog(text)],
  [/^\/etc\/hostname$/, (_, text, names) => `${names.of('pve', text.trim().split('.')[0] ?? '')}\n`],
  [/^\/etc\/pve\/\.members$/, (_, text, names) => keptMembers(text, (node) => names.of('pve', node))],
  [/^\/etc\/pve\/\.vmlist$/, (_, text, names) => renameVmlist(text, names)],
  [
    /^\/etc\/pve\/nodes\/[^/]+\/(qemu-server|lxc)\/\d+\.conf$/,
    (path, text, names) => renameGuest(guestFile(path, text, names), names),
  ],
  [/^\/etc\/pve\/mapping\/pci\.cfg$/, (path, text, names) => renamePools(guestFile(path, text, names), names)],
  [/^\/etc\/pve\/storage\.cfg$/, (path, text, names) => renameStorages(guestFile(path, text, names), names)],
  [/^\/var\/lib\/dpkg\/status$/, (_, text, names) => keptDpkgStatus(text, names)],
  [/^\/etc\/apt\/sources\.list(\.d\/[^/]+\.(list|sources))?$/, keptAptSources],
  [/^\/var\/log\/pve\/tasks\/(index|index\.1|active)$/, (_, text, names) => keptTaskList(text, names)],
  [/^\/var\/log\/pve\/tasks\/[0-9A-F]\/UPID:[^/]+$/, (_, text, names) => keptStartLog(text, names)],
  [/^\/var\/log\/dmesg$/, (_, text, names) => renameLog(keptLog(text), names, keptCmdlineWords)],
];

/** Files that are bytes. */
export const KEPT_BYTES: readonly (readonly [RegExp, (bytes: Uint8Array) => Uint8Array])[] = [
  [/^\/sys\/devices\/.+\/config$/, keptConfigSpace],
  [/^\/sys\/firmware\/efi\/efivars\/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c$/, (bytes) => bytes.slice(0, 5)],
  [/^\/sys\/firmware\/efi\/efivars\/BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c$/, (bytes) => bytes.slice(0, 6)],
  [/^\/sys\/firmware\/efi\/efivars\/Boot[0-9A-F]{4}-8be4df61-93ca-11d2-aa0d-00e098032b8c$/, keptEfiOption],
  [/^\/sys\/firmware\/efi\/efivars\/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f$/, keptLoaderInfo],
];

/** Commands whose output is kept, by their whole argument list joined by blanks. */
export const KEPT_COMMANDS: readonly (readonly [RegExp, (stdout: string, names: Pseudonyms) => string])[] = [
  [/^dmesg$/, (stdout, names) => renameLog(keptLog(stdout), names, keptCmdlineWords)],
  [/^lsinitramfs \/boot\/initrd\.img-[\w.+~-]{1,64}$/, keptInitramfs],
  [
    /^journalctl -u pveigpu-[a-z]+\.service -b /,
    (stdout, names) => renameFreeText(renameLog(stdout, names, keptCmdlineWords), names),
  ],
  [/^dkms status$/, keptDkmsStatus],
  [/^mokutil --test-key \/var\/lib\/dkms\/mok\.pub$/, keptKeyTest],
  [/^zpool get -H -o name,property,value all$/, keptPoolFeatures],
];

/** The only directories whose names are kept, and which names. */
export const KEPT_DIRECTORIES: readonly (readonly [RegExp, RegExp])[] = [
  [/^\/sys\/firmware\/efi\/efivars$/, /^((SecureBoot|BootCurrent|Boot[0-9A-F]{4})-8be4df61|LoaderInfo-4a67b082)[0-9a-f-]{28}$/],
  [
    /^(?!.*\/(net|block|ieee80211|nvme|power_supply)(\/|$))\/sys(\/(devices|bus|class|module|firmware)(\/.*)?|\/kernel(\/iommu_groups(\/.*)?)?)?$/,
    /^[\w.:@+-]{1,64}$/,
  ],
  [/^\/proc$/, /^(\d+|self|net|cmdline|cpuinfo|uptime|stat|sys)$/],
  [/^\/proc\/\d+\/fd$/, /^\d+$/],
  [/^\/run\/qemu-server$/, /^(\d+\.[a-z]+|pci-id-reservations(\.lock)?)$/],
  [/^\/etc\/pve$/, /^(nodes|local|qemu-server|lxc|openvz|mapping|storage\.cfg|\.members|\.vmlist|\.version)$/],
  // only whether it is there
  [/^\/var\/lib\/pve-cluster$/, /^(?!)/],
  [/^\/etc\/pve\/nodes$/, /^[\w.-]{1,64}$/],
  [/^\/etc\/pve\/nodes\/[^/]+\/(qemu-server|lxc)$/, /^\d{1,10}\.conf$/],
  [/^\/etc\/pve\/mapping$/, /^pci\.cfg$/],
  [/^\/(etc|run|usr\/local\/lib|usr\/lib|lib)\/(modprobe|modules-load)\.d$/, /^[\w.@+-]{1,64}\.conf$/],
  [/^\/etc\/apt\/sources\.list\.d$/, /^[\w.-]{1,64}\.(list|sources)$/],
  // only whether apt has Proxmox's login
  [/^\/etc\/apt\/auth\.conf\.d$/, /^pve\.conf$/],
  [/^\/etc\/default\/grub\.d$/, /^[\w.@+-]{1,64}\.cfg$/],
  [/^\/etc\/(sysfs|tmpfiles)\.d$/, /^[\w.@+-]{1,64}\.conf$/],
  [/^\/etc\/udev\/rules\.d$/, /^[\w.@+-]{1,64}\.rules$/],
  [/^\/etc\/driverctl\.d$/, /^[0-9a-f:.]{4,16}$/],
  [/^\/etc\/apt\/apt\.conf\.d$/, /^80pveigpu$/],
  [/^\/etc\/systemd\/system$/, /^pveigpu-[\w.-]{1,64}$/],
  [/^\/boot$/, /^((vmlinuz|initrd\.img)-[\w.+~-]{1,64}|grub|efi|loader|EFI)$/],
  [/^\/boot\/grub$/, /^grub\.cfg$/],
  [
    /^(\/boot|\/boot\/efi|\/efi)\/(loader|EFI(\/(systemd|proxmox|debian))?)$/,
    /^(loader\.conf|systemd|proxmox|debian|(systemd-boot|grub)x64\.efi)$/,
  ],
  [/^\/(boot\/efi|efi)$/, /^(loader|EFI)$/],
  [/^(\/usr)?\/lib\/modules\/[^/]+$/, /^build$/],
  // only whether headers are there
  [/^\/usr\/src\/(linux|proxmox|pve)-headers-[\w.+~-]{1,64}$/, /^(?!)/],
  [/^\/var\/lib\/dkms(\/.*)?$/, /^[\w.+~@-]{1,80}$/],
];

/** The only links that are kept besides those of sysfs, by where they stand; those of `/proc/PID/fd` by where they lead. */
export const KEPT_LINKS: readonly RegExp[] = [
  /^(?!.*\/(net|block|ieee80211|nvme|power_supply)(\/|$))\/sys\//,
  /^\/proc\/(self|net)$/,
  /^\/(lib|var\/run|var\/lock)$/,
  /^\/etc\/pve\/(local|qemu-server|lxc|openvz)$/,
  /^\/etc\/modules-load\.d\/modules\.conf$/,
  /^(\/usr)?\/lib\/modules\/[^/]+\/build$/,
];

/** Where a kernel's headers may lie for that link to be kept; a person's own tree is not named. */
export const KEPT_HEADERS = /^\/usr\/src\/(linux|proxmox|pve)-headers-[\w.+~-]{1,64}$/;

/** Each package once, though two sections of facts read them. */
function keptDpkgStatus(text: string, names: Pseudonyms): string {
  const watched = new Set(packageStates(text).map(({ name }) => name));
  const others = SENSED_PACKAGES.filter((name) => !watched.has(name));
  return keptStatus(text, others) + keptPackageStates(text, (name) => names.of('package', name));
}

/** Parameters are numbers, words and file names of firmware; a path of somebody's own is not kept. */
function keptParameter(text: string): string {
  const plain = scrubText(text);
  return /(^|[\s,=:])\/(?!lib\/firmware\/)/.test(plain) || plain.length > 400 ? '_\n' : plain;
}
