// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestGround } from '../assign/assign-request.ts';
import { guestName, isOn, nextConfig } from '../assign/guest-keys.ts';
import { isOurHook } from '../assign/ours.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import type { Remark } from '../plan/action.ts';
import type { GuestShape } from './guest-shape.ts';
import type { IgdSetting } from './igd-config.ts';

/** Whether the GPU waits for its guest: on vfio-pci since boot, handed over at the start, or not at all yet. */
export function asideRemarks(ground: GuestGround, gpu: PciDevice, handover: boolean): readonly Remark[] {
  if (handover) {
    const text = `${gpu.bdf} is taken from the host when the guest starts and given back when it has stopped; consoles on it end and come back.`;
    const hint = 'Not every machine survives that: see that the node can be reached over the network.';
    return [{ level: 'warning', id: 'gpu.handover', text, hint }];
  }
  if (gpu.driver === 'vfio-pci') return [];
  const bound = gpu.driver === null ? 'has no driver' : `belongs to ${gpu.driver}`;
  if (ground.desiredMode?.(gpu.bdf) === 'gvt-d') {
    const text = `${gpu.bdf} ${bound} until the node is rebooted; start the guest after that.`;
    return [{ level: 'warning', id: 'gpu.waits-for-reboot', text }];
  }
  return [
    {
      level: 'blocker',
      id: 'gpu.not-set-aside',
      text: `${gpu.bdf} ${bound}; a start would pull it from under the host.`,
      hint: `First: pveigpu apply gvt-d --gpu ${gpu.bdf}, which sets it aside from boot on. Or give --handover.`,
      overridable: true,
      code: 'gpu.cannot',
    },
  ];
}

/** Our hookscript takes the GPU from the host and gives it back; without it nobody does. `hookscript` is what the guest will have. */
export function withoutHook(guest: Guest, hookscript: string | undefined): readonly Remark[] {
  if (isOurHook(hookscript)) return [];
  const text = `${guestName(guest)} would not have our hookscript, so nothing would hand the GPU over.`;
  const hint = 'Leave out --handover, or make room for the hookscript first.';
  return [{ level: 'blocker', id: 'gpu.handover-without-hook', text, hint, code: 'guest.config' }];
}

/** Without a display of PVE's there is no console in the web interface, so another way in is needed before. */
export function otherWayIn(guest: Guest, shape: GuestShape): readonly Remark[] {
  if (shape.set.vga === undefined) return [];
  const config = nextConfig(guest);
  const ways = [
    ...(Object.keys(config).some((key) => /^serial\d$/.test(key)) ? ['its serial console (qm terminal)'] : []),
    ...(/^(?:enabled=)?1/.test(config.agent ?? '') ? ['its guest agent'] : []),
  ];
  const { vmid } = guest;
  const text = `With vga: none the console in the web interface is gone; the way into ${guestName(guest)} is the GPU's own picture, its network address`;
  if (ways.length > 0) {
    const rest = `${text}, or ${ways.join(', or ')}.`;
    return [{ level: 'note', id: 'guest.no-console', text: rest, hint: `See that one works before: qm config ${vmid}.` }];
  }
  const hint = `Before that give it one: qm set ${vmid} --serial0 socket (and console=ttyS0 in the guest), or qm set ${vmid} --agent 1.`;
  return [{ level: 'warning', id: 'guest.no-other-way-in', text: `${text}, and nothing else.`, hint }];
}

/** What a change of machine or firmware means for the guest. */
export function shapeRemarks(guest: Guest, shape: GuestShape): readonly Remark[] {
  const remarks: Remark[] = [];
  const config = nextConfig(guest);
  if (shape.set.machine !== undefined) {
    const text = `The machine of ${guestName(guest)} becomes ${shape.set.machine}: its devices get other addresses, so names of network cards and disks in it may change.`;
    remarks.push({ level: 'warning', id: 'guest.machine-changes', text });
  }
  if (shape.set.bios !== undefined) {
    const text = `The firmware of ${guestName(guest)} becomes ${shape.set.bios}: a system that was installed with the other one does not start.`;
    remarks.push({ level: 'warning', id: 'guest.firmware-changes', text });
  }
  if (shape.isOvmf && config.efidisk0 === undefined) {
    const text = `${guestName(guest)} has no EFI disk, so OVMF forgets its settings at each stop.`;
    remarks.push({ level: 'note', id: 'guest.no-efidisk', text, hint: `qm set ${guest.vmid} --efidisk0 STORAGE:1,efitype=4m` });
  }
  return remarks;
}

/** How the guest gets the GPU, and what else to know of it. */
export function settingRemarks(
  guest: Guest,
  setting: IgdSetting | undefined,
  hasRom: boolean,
  isOvmf: boolean,
): readonly Remark[] {
  const config = nextConfig(guest);
  const remarks: Remark[] = [];
  if (setting !== undefined) {
    const rom =
      setting.id === 'legacy' && !hasRom
        ? ' Without --rom QEMU reads the ROM from the GPU, which a board without CSM may not have.'
        : '';
    remarks.push({ level: 'note', id: 'gpu.way', text: `The guest gets the GPU with ${setting.gives}.${rom}` });
  }
  if (setting?.id === 'legacy' && isOvmf && !hasRom) {
    const text =
      'OVMF knows nothing of the GPU by itself: without a ROM with a UEFI driver there is a picture only from the driver of the guest.';
    remarks.push({ level: 'note', id: 'gpu.no-gop', text });
  }
  if (isOn(config.onboot)) {
    const text = `${guestName(guest)} starts at boot and takes the GPU then; the host's console has none.`;
    remarks.push({ level: 'note', id: 'guest.takes-at-boot', text });
  }
  return remarks;
}
