// SPDX-License-Identifier: AGPL-3.0-or-later
import { inRig } from '../build/workspace.ts';
import type { Identity, RunFolder, Shape } from './shape.ts';

/** Alder Lake-P GT2, Iris Xe: what 00:02.0 is when nobody says otherwise. */
const DEFAULT_GPU: Identity = { device: 0x46a6 };

const SOUND = ['-audiodev', 'none,id=sound', '-device', 'ich9-intel-hda,addr=0e.0', '-device', 'hda-output,audiodev=sound'];

/** An instruction takes 2 to the power of this, in nanoseconds: about as fast as an idle host emulates. */
const TIME_SHIFT = 2;

/** QEMU's arguments for a machine of the rig, without the program. */
export function qemuArguments(shape: Shape, run: RunFolder, accelerator: 'tcg' | 'kvm'): readonly string[] {
  const iommu = shape.iommu !== false;
  const ownTime = accelerator === 'tcg' && shape.ownTime === true;
  const accel = accelerator === 'kvm' ? 'kvm' : `tcg,thread=${ownTime ? 'single' : 'multi'},tb-size=512`;
  return [
    ...[
      '-name',
      'rig',
      '-accel',
      accel,
      '-M',
      'q35,kernel-irqchip=split',
      '-smp',
      String(shape.cpus ?? 2),
      '-m',
      String(shape.memoryMiB ?? 2048),
    ],
    ...['-cpu', accelerator === 'kvm' ? 'host' : 'max', '-nodefaults', '-display', 'none', '-no-reboot'],
    ...(ownTime ? ['-icount', `shift=${TIME_SHIFT}`] : []),
    ...['-chardev', `file,id=serial,path=${run.serialLog}`, '-serial', 'chardev:serial'],
    ...['-qmp', `unix:${run.monitor},server=on,wait=off`],
    ...(iommu ? ['-device', 'intel-iommu,intremap=on,caching-mode=on'] : []),
    ...bootArguments(shape),
    ...['-device', 'virtio-serial-pci,addr=1b.0', '-chardev', `socket,id=agent,path=${run.agent},server=on,wait=off`],
    ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0', '-device', 'virtio-rng-pci,addr=1a.0'],
    ...['-fsdev', `local,id=share,path=${inRig('share')},security_model=none`],
    ...['-device', 'virtio-9p-pci,fsdev=share,mount_tag=share,addr=19.0'],
    ...(shape.gpu === null ? [] : gpuArguments()),
    ...(shape.card === undefined ? [] : cardArguments()),
    ...(shape.otherDisplay === true ? ['-device', 'VGA,addr=05.0,romfile='] : []),
    ...(shape.sound === true ? SOUND : []),
  ];
}

/**
 * The kernel's command line of a direct boot. `no_timer_check`: on a busy host without KVM the kernel may find that its timer
 * does not tick in time, and panics.
 */
export function commandLine(shape: Shape): string {
  const words = [
    'root=/dev/vda1',
    'rw',
    'console=ttyS0',
    'panic=-1',
    'audit=0',
    'mitigations=off',
    'no_timer_check',
    'quiet',
    'systemd.show_status=0',
  ];
  words.push(shape.iommu === false ? 'intel_iommu=off' : 'intel_iommu=on');
  if (shape.mode === 'fast') words.push('init=/usr/sbin/rig-init');
  if (shape.udev === true) words.push('RIG_UDEV=1');
  return [...words, ...identityWords(shape), shape.append ?? ''].join(' ').trim();
}

/** Parameters of the module that dresses the functions. */
export function identityWords(shape: Shape): readonly string[] {
  const card = typeof shape.card === 'object' ? [{ bdf: '0000:01:00.0', identity: shape.card }] : [];
  const gpu = shape.gpu === null ? [] : [{ bdf: '0000:00:02.0', identity: shape.gpu ?? DEFAULT_GPU }];
  const dressed = [...gpu, ...card];
  if (dressed.length === 0) return ['rigpci=0'];
  const column = (name: string, value: (identity: Identity) => number | undefined, initial: number) =>
    `rigpci.${name}=${dressed.map(({ identity }) => `0x${(value(identity) ?? initial).toString(16)}`).join(',')}`;
  return [
    `rigpci.bdf=${dressed.map(({ bdf }) => bdf).join(',')}`,
    column('device', (identity) => identity.device, 0),
    column('class', (identity) => identity.class, 0x030000),
    column('revision', (identity) => identity.revision, 0x0c),
    column('subvendor', (identity) => identity.subvendor, 0x8086),
    column('subdevice', (identity) => identity.subdevice, 0x7270),
    column('vfdevice', (identity) => identity.vfDevice, 0),
    column('totalvfs', (identity) => identity.totalVfs, 0xffff),
  ];
}

function bootArguments(shape: Shape): readonly string[] {
  // A directly started kernel has boot index 0 of its own.
  const first = (isFirst: boolean) => (isFirst ? ',bootindex=0' : '');
  const cache = shape.durable === true ? 'writeback' : 'unsafe';
  const drive = (id: string, place: string, file: string, keeps: boolean, isFirst: boolean) => [
    '-drive',
    `file=${file},if=none,id=${id},format=${file.endsWith('.img') ? 'raw' : 'qcow2'},snapshot=${keeps ? 'off' : 'on'},cache=${cache}`,
    ...['-device', `virtio-blk-pci,drive=${id},addr=${place}${first(isFirst)}`],
  ];
  const below = inRig(shape.mode === 'grub' ? 'grub.qcow2' : 'base.img');
  const root = drive('disk', '1d.0', shape.disk ?? below, shape.disk !== undefined, shape.mode === 'grub');
  const esp = shape.esp === undefined ? [] : drive('esp', '1e.0', shape.esp.disk, true, shape.mode === 'efi');
  if (shape.mode === 'grub') return root;
  if (shape.mode === 'efi') return [...firmware(shape), ...root, ...esp];
  return ['-kernel', inRig('vmlinux'), '-initrd', inRig('initrd'), '-append', commandLine(shape), ...root, ...esp];
}

/** OVMF of the guest's own tree; its code is shared, its variables are the machine's. */
function firmware({ esp }: Shape): readonly string[] {
  if (esp === undefined) throw new Error('A machine with UEFI needs an EFI system partition.');
  const code = inRig('root/usr/share/OVMF/OVMF_CODE_4M.fd');
  const flash = (unit: number, rest: string) => ['-drive', `if=pflash,unit=${unit},format=raw,${rest}`];
  return [...flash(0, `readonly=on,file=${code}`), ...flash(1, `file=${esp.variables}`)];
}

/** An nvme right on the root bus has the VF layout of an integrated GPU: 7 VFs at offset 1, stride 1. */
function gpuArguments(): readonly string[] {
  const queues = 'max_ioqpairs=16,msix_qsize=17,sriov_vq_flexible=14,sriov_vi_flexible=14';
  const device = `nvme,id=igpu,serial=rig0,subsys=subsystem,bus=pcie.0,addr=02.0,sriov_max_vfs=7,${queues},use-intel-id=on`;
  return ['-device', 'nvme-subsys,id=subsystem', '-device', device];
}

function cardArguments(): readonly string[] {
  return [
    ...['-device', 'pcie-root-port,id=port1,chassis=1,slot=1,addr=03.0'],
    ...['-netdev', 'user,id=card,restrict=on', '-device', 'igb,bus=port1,netdev=card,romfile='],
  ];
}
