// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { debianMirror, isolatedApt, KEYRING, SUITE, transportSettings } from './debian-mirror.ts';
import { execute } from './execute.ts';
import { digest, inRig, isBuilt, markBuilt, unmark } from './workspace.ts';

/** What the guest has beyond Debian's minimal set. The headers bring the compiler that builds the rig's modules. */
const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'pciutils', 'procps', 'iproute2', 'perl-base', 'less', 'busybox-static'],
  ...['nodejs', 'driverctl', 'mdevctl', 'initramfs-tools', 'zstd', 'xz-utils', 'e2fsprogs', 'fdisk', 'jq', 'ca-certificates'],
  ...['linux-image-amd64', 'linux-headers-amd64', 'make', 'gcc', 'libc6-dev', 'grub-pc', 'grub2-common'],
  ...['qemu-system-x86', 'qemu-utils', 'qemu-guest-agent', 'libvirt-daemon', 'libvirt-daemon-driver-qemu', 'libvirt-clients'],
  // A node that starts by systemd-boot, its partition, and what builds drivers.
  ...['ovmf', 'systemd-boot-efi', 'systemd-boot-tools', 'dosfstools', 'dkms', 'build-essential'],
] as const;

/** Unread documentation and translations are left out. */
const LEFT_OUT = ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*'] as const;

/** A list instead of "most": the initramfs of the guest is built in seconds. */
const INITRAMFS = 'MODULES=list\\nCOMPRESS=zstd\\nCOMPRESSLEVEL=1\\n';

/** The key of the root tree: what decides its content, apart from the packages' versions. */
export function rootTreeKey(): string {
  return digest({ texts: [SUITE, ...PACKAGES, ...LEFT_OUT, INITRAMFS] });
}

/** Builds the Debian tree of the guest with mmdebstrap, unless it is there. About 45 s. */
export async function buildRootTree(log: string): Promise<void> {
  const key = rootTreeKey();
  if (isBuilt('root', key)) return;
  unmark('root');
  const mirror = await debianMirror();
  const tool = await mmdebstrap(mirror, log);
  rmSync(inRig('root'), { recursive: true, force: true });
  const settings = await transportSettings();
  const argv = [
    tool.program,
    ...['--mode=root', '--variant=apt', '--format=directory', '--dpkgopt=force-unsafe-io'],
    ...LEFT_OUT.map((glob) => `--dpkgopt=path-exclude=${glob}`),
    ...['--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'],
    ...settings.map((setting) => `--aptopt=${setting.replace(/;$/, '')}`),
    '--essential-hook=echo grub-pc grub-pc/install_devices_empty boolean true | chroot "$1" debconf-set-selections',
    `--essential-hook=mkdir -p "$1/etc/initramfs-tools/conf.d"; printf '${INITRAMFS}' > "$1/etc/initramfs-tools/conf.d/rig"`,
    `--include=${PACKAGES.join(',')}`,
    ...[SUITE, inRig('root'), `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main`],
  ] as const;
  await execute(argv, { log, env: { PATH: `${tool.folder}:${process.env.PATH}:/usr/sbin:/sbin` } });
  markBuilt('root', key);
}

/** The kernel release of the guest. */
export function guestRelease(): string {
  const [release] = readdirSync(inRig('root/lib/modules')).sort();
  if (release === undefined) throw new Error('The root tree has no kernel modules.');
  return release;
}

/** mmdebstrap of the suite, unpacked beside the rig instead of installed: the host stays as it is. */
export async function mmdebstrap(mirror: string, log: string): Promise<{ readonly program: string; readonly folder: string }> {
  const folder = inRig('tools/usr/bin');
  const program = `${folder}/mmdebstrap`;
  if (existsSync(program)) return { program, folder };
  const apt = await isolatedApt(mirror);
  await execute(['apt-get', '-q', ...apt, 'update'], { log });
  mkdirSync(inRig('tools'), { recursive: true });
  await execute(['apt-get', '-q', ...apt, 'download', 'mmdebstrap'], { log, cwd: inRig('tools') });
  const deb = readdirSync(inRig('tools')).find((name) => name.startsWith('mmdebstrap_'));
  await execute(['dpkg', '-x', inRig('tools', deb ?? ''), inRig('tools')], { log });
  return { program, folder };
}
