// SPDX-License-Identifier: AGPL-3.0-or-later

import type { FileTree } from '../../core/files/file-tree.ts';
import { moduleSpec, modulesFor, stockModules } from '../kernel/module-table.ts';
import type { Profile } from '../profile.ts';
import { buildInitramfs } from './initramfs.ts';
import { type Disks, installLoader } from './loader.ts';

/** Puts a Debian system as the Proxmox installer leaves it on the disks of a machine. Proxmox VE's own files come after. */
export function installSystem(disks: Disks, profile: Profile, nodeName: string): void {
  const { root } = disks;
  for (const directory of [
    '/usr/lib',
    '/usr/bin',
    '/usr/sbin',
    '/etc/modprobe.d',
    '/etc/default',
    '/var/lib',
    '/root',
    '/var/log',
  ])
    root.setDirectory(directory);
  for (const name of ['lib', 'bin', 'sbin']) root.setLink(`/${name}`, `usr/${name}`);
  root.setLink('/var/run', '/run');
  root.setLink('/var/lock', '/run/lock');
  root.setFile('/etc/hostname', `${nodeName}\n`);
  root.setFile('/etc/hosts', `127.0.0.1 localhost.localdomain localhost\n192.168.17.2 ${nodeName}.home.example ${nodeName}\n`);
  root.setFile('/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n');
  root.setFile('/etc/machine-id', '0123456789abcdef0123456789abcdef\n', { mode: 0o444 });
  root.setFile('/etc/group', 'root:x:0:\nwww-data:x:33:\nvideo:x:44:\nrender:x:993:\nkvm:x:992:\n');
  root.setFile('/etc/modules', '# /etc/modules: kernel modules to load at boot time.\n');
  root.setFile('/etc/initramfs-tools/modules', '# List of modules that you want to include in your initramfs.\n');
  root.setFile('/etc/modprobe.d/pve-blacklist.conf', '# nvidiafb see bugreport #701\nblacklist nvidiafb\n');
  const options = optionLines(profile);
  if (options !== '') root.setFile('/etc/modprobe.d/local.conf', options);
  for (const [path, text] of Object.entries(profile.files ?? {})) root.setFile(path, text);
  installKernel(root, profile);
  installLoader(disks, profile);
}

function optionLines(profile: Profile): string {
  const options = Object.entries(profile.moduleOptions ?? {}).map(
    ([module, parameters]) =>
      `options ${module} ${Object.entries(parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}\n`,
  );
  return [...options, ...(profile.blacklist ?? []).map((module) => `blacklist ${module}\n`)].join('');
}

function installKernel(root: FileTree, profile: Profile): void {
  const release = profile.kernelRelease;
  const directory = `/lib/modules/${release}`;
  const fromProfile = profile.devices.flatMap((device) => modulesFor(device));
  const known = stockModules(release);
  const extra = [...new Set(fromProfile)].filter(
    (name) => !known.includes(name) && moduleSpec(name, 'stock', release) !== undefined,
  );
  const paths = [...known, ...extra].map((name) => {
    const dkms = profile.dkms?.modules.includes(name) === true;
    const file = name
      .replaceAll('_', '-')
      .replace(/^(vfio-iommu-type1|drm-kms-helper|snd-.*|vfio-pci-core)$/, (text) => text.replaceAll('-', '_'));
    return dkms ? `updates/dkms/${file}.ko` : `kernel/${moduleSpec(name, 'stock', release)?.directory}/${file}.ko`;
  });
  root.setFile(`${directory}/modules.dep`, `${paths.map((path) => `${path}:\n`).join('')}`);
  root.setFile(`${directory}/modules.builtin`, 'kernel/drivers/pci/pcie/portdrv.ko\nkernel/drivers/iommu/iommufd/iommufd.ko\n');
  root.setFile(`${directory}/modules.alias`, aliases(profile));
  for (const path of paths) root.setFile(`${directory}/${path}`, 'simulated module\n');
  if (profile.dkms !== undefined) installDkms(root, profile.dkms, release);
  root.setFile(`/boot/vmlinuz-${release}`, `simulated kernel ${release}\n`);
  root.setFile(`/boot/config-${release}`, 'CONFIG_INTEL_IOMMU_DEFAULT_ON=y\nCONFIG_DRM_I915_GVT_KVMGT=m\nCONFIG_VFIO_PCI=m\n');
  root.setFile(`/boot/initrd.img-${release}`, buildInitramfs(root, release));
}

/** The tree of dkms(8): source link, and per kernel and architecture the built modules. */
function installDkms(root: FileTree, dkms: NonNullable<Profile['dkms']>, release: string): void {
  const name = 'i915-sriov-dkms';
  const directory = `/var/lib/dkms/${name}`;
  root.setFile(`/usr/src/${name}-${dkms.version}/dkms.conf`, `PACKAGE_NAME="${name}"\nPACKAGE_VERSION="${dkms.version}"\n`);
  root.setLink(`${directory}/${dkms.version}/source`, `/usr/src/${name}-${dkms.version}`);
  for (const module of dkms.modules)
    root.setFile(`${directory}/${dkms.version}/${release}/x86_64/module/${module}.ko`, 'simulated module\n');
  root.setLink(`${directory}/kernel-${release}-x86_64`, `${dkms.version}/${release}/x86_64`);
}

function aliases(profile: Profile): string {
  const lines = profile.devices.flatMap((device) =>
    modulesFor(device).map((module) => {
      const hex = (text: string) => text.toUpperCase().padStart(8, '0');
      return `alias pci:v${hex(device.vendor)}d${hex(device.device)}sv*sd*bc${device.class.slice(0, 2).toUpperCase()}sc*i* ${module}`;
    }),
  );
  return `# Aliases extracted from modules themselves.\n${[...new Set(lines)].sort().join('\n')}\n`;
}
