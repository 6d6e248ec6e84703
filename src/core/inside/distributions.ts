// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Distribution, KnownDistribution } from './distribution.ts';
import { quick, slow } from './inside-step.ts';

/** The media driver of graphics generation 8 and later is iHD, before it was i965 (intel/media-driver README). */
const FIRST_IHD = 8;
/** Intel's oneVPL runtime serves generation 12 and later (intel/vpl-gpu-rt README); the Media SDK before it is no longer maintained. */
const FIRST_VPL = 12;

const apt = (...words: string[]) => slow('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...words);
const usermod = (user: string, group: string) => quick('usermod', '-aG', group, user);

const debian: Distribution = {
  id: 'debian',
  title: 'Debian',
  refresh: [slow('apt-get', 'update')],
  install: (packages) => apt('install', '-y', ...packages),
  // firmware-misc-nonfree was split up in Debian 13; the component non-free-firmware came with Debian 12.
  firmware: (major = 13) => [major >= 13 ? 'firmware-intel-graphics' : 'firmware-misc-nonfree'],
  media: (_major, gen) => ({
    driver: [gen >= FIRST_IHD ? 'intel-media-va-driver-non-free' : 'i965-va-driver-shaders'],
    quickSync: gen >= FIRST_VPL ? ['libmfx-gen1.2'] : [],
    tools: ['vainfo', 'ffmpeg', 'intel-gpu-tools'],
  }),
  components: (major = 13) => (major >= 12 ? ['non-free', 'non-free-firmware'] : ['non-free']),
  headers: (kernel) => ['dkms', 'build-essential', `linux-headers-${kernel}`],
  initramfs: slow('update-initramfs', '-u', '-k', 'all'),
  join: usermod,
  cloudKernel: (kernel) =>
    /-cloud-/.test(kernel)
      ? {
          packages: ['linux-image-amd64'],
          text: "Debian's kernel for clouds has no graphics driver: the usual one is needed, and must be the one that boots.",
        }
      : undefined,
  source: 'packages.debian.org, Debian 12 and 13: intel-media-driver-non-free, firmware-nonfree, onevpl-intel-gpu',
};

const ubuntu: Distribution = {
  ...debian,
  id: 'ubuntu',
  title: 'Ubuntu',
  firmware: () => ['linux-firmware'],
  components: () => ['universe', 'multiverse'],
  cloudKernel: (kernel) => ({
    packages: [`linux-modules-extra-${kernel}`],
    text: 'Cloud images leave out what graphics drivers need, which shows as "Unknown symbol in module".',
  }),
  source: 'packages.ubuntu.com, Ubuntu 22.04 and 24.04; i915-sriov-dkms docs/install-linux-guest-proxmox-cloud-init.md',
};

const fusion = (kind: string, version: string) =>
  `https://mirrors.rpmfusion.org/${kind}/fedora/rpmfusion-${kind}-release-${version}.noarch.rpm`;

const fedora: Distribution = {
  id: 'fedora',
  title: 'Fedora',
  refresh: [],
  install: (packages) => slow('dnf', '-y', 'install', '--allowerasing', ...packages),
  firmware: () => ['intel-gpu-firmware'],
  media: (_major, gen) => ({
    driver: [gen >= FIRST_IHD ? 'intel-media-driver' : 'libva-intel-driver'],
    quickSync: gen >= FIRST_VPL ? ['intel-vpl-gpu-rt'] : [],
    tools: ['libva-utils', 'igt-gpu-tools'],
  }),
  components: () => [],
  before: (version) =>
    version === undefined ? [] : [slow('dnf', '-y', 'install', fusion('free', version), fusion('nonfree', version))],
  beforeText: "Fedora's own libva-intel-media-driver is built without encoders; RPM Fusion has the whole one.",
  headers: (kernel) => ['dkms', 'gcc', 'make', `kernel-devel-${kernel}`],
  initramfs: slow('dracut', '--force', '--regenerate-all'),
  join: usermod,
  cloudKernel: (kernel) => ({
    packages: [`kernel-modules-${kernel}`],
    text: "Fedora's kernel-core alone has no graphics driver.",
  }),
  source: 'packages.fedoraproject.org (libva-intel-media-driver, linux-firmware), rpmfusion.org/Howto/Multimedia',
};

const arch: Distribution = {
  id: 'arch',
  title: 'Arch Linux',
  refresh: [],
  // Arch knows no half upgrades: a package is installed together with an upgrade of all (wiki.archlinux.org, System maintenance).
  install: (packages) => slow('pacman', '-Syu', '--noconfirm', '--needed', ...packages),
  firmware: () => ['linux-firmware-intel'],
  media: (_major, gen) => ({
    driver: [gen >= FIRST_IHD ? 'intel-media-driver' : 'libva-intel-driver'],
    quickSync: gen >= FIRST_VPL ? ['vpl-gpu-rt'] : [],
    tools: ['libva-utils', 'ffmpeg', 'intel-gpu-tools'],
  }),
  components: () => [],
  headers: () => ['dkms', 'linux-headers'],
  initramfs: slow('mkinitcpio', '-P'),
  join: usermod,
  cloudKernel: () => undefined,
  source: 'wiki.archlinux.org/title/Hardware_video_acceleration; archlinux.org/packages, linux-firmware split of June 2025',
};

const alpine: Distribution = {
  id: 'alpine',
  title: 'Alpine Linux',
  refresh: [slow('apk', 'update')],
  install: (packages) => slow('apk', 'add', ...packages),
  firmware: (_major, { drivers }) => [drivers.i915Mainline ? 'linux-firmware-i915' : 'linux-firmware-xe'],
  media: (_major, gen) => ({
    driver: [gen >= FIRST_IHD ? 'intel-media-driver' : 'libva-intel-driver'],
    quickSync: gen >= FIRST_VPL ? ['onevpl-intel-gpu'] : [],
    tools: ['libva-utils', 'ffmpeg', 'igt-gpu-tools'],
  }),
  components: () => [],
  headers: () => ['akms', 'linux-lts-dev'],
  initramfs: slow('mkinitfs'),
  join: (user, group) => quick('addgroup', user, group),
  cloudKernel: (kernel) =>
    /-virt$/.test(kernel)
      ? {
          packages: ['linux-lts'],
          text: "Alpine's kernel for virtual machines (linux-virt) has no graphics driver: linux-lts has it.",
        }
      : undefined,
  source: 'pkgs.alpinelinux.org (community): intel-media-driver, linux-firmware, onevpl-intel-gpu',
};

/** The distributions whose packages are known. Names that an archive no longer has are found by its own package manager. */
export const DISTRIBUTIONS: readonly Distribution[] = [debian, ubuntu, fedora, arch, alpine];

/** A distribution as a person names it: `debian`, `debian:12`, `ubuntu:24.04`; undefined for another. */
export function namedDistribution(text: string): KnownDistribution | undefined {
  const [, name, version] = /^([a-z]+)(?::(\d[\d.]*))?$/.exec(text) ?? [];
  const distribution = DISTRIBUTIONS.find(({ id }) => id === name);
  if (distribution === undefined) return undefined;
  return { distribution, ...(version === undefined ? {} : { version }) };
}
