// SPDX-License-Identifier: AGPL-3.0-or-later

/** Words that people use for machines' parts and not for themselves: a name made of these and of numbers stays. */
const HARMLESS = new Set(
  (
    'a after agpu arc arcpro backup base before boot cache card clean config conf cpu data default device dgpu dir disk driver drivers fake ' +
    'file full gpu gpus gtt gvt gvtd gvtg hook hooks hookscript host i915 i915ovmf igd igpu images initial install installed intel iris ' +
    'iso jellyfin kernel kvm kvmgt linux local lvm main mdev media new nfs node nvidia nvme old ovmf pass passthrough pci pl pool post pre ' +
    'proxmox pve pveigpu ram rom script sh slice slices snap snapshot snippets sriov ssd storage sync test tmp ubuntu uhd update upgrade ' +
    'upgraded usb vbios vbt vf vfio vfs vga vgpu video vm vms vz vzdump win windows working xe zfs blacklist modprobe modules options ' +
    'intelgpu debian template templates gop edid dkms firmware iommu mitigation amd64 alsa aliases audio noaer tg nouveau radeon amdgpu ' +
    'framebuffer nogpu unsafe interrupts softdep strongtz headless desktop dummy display plasma kde gnome cloud ci work home lab prod server servers office ' +
    'community community-script media plex frigate docker firewall router dns desktop games gaming dev important production staging enterprise no-subscription ceph security updates backports sources ' +
    'pin cfg installer ve init select xen kdump tools rules sysfs tmpfiles zz grub site'
  ).split(' '),
);

/** The kinds of names that people give: each has its own numbering. */
export type NameKind = 'pve' | 'pool' | 'storage' | 'hook' | 'snap' | 'tag' | 'rom' | 'cpu' | 'file' | 'package' | 'boot';

/** Gives people's names fixed replacements, the same one each time, so that what belonged together still does. */
export class Pseudonyms {
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<NameKind, number>();

  /** `localNode` becomes `pve`, every other node `pve2` and so on, in the order of their first use. */
  constructor(localNode: string) {
    this.#given.set(`pve ${localNode}`, 'pve');
    this.#counts.set('pve', 1);
  }

  /** The replacement of a name; a name that says nothing of anybody stays, but a node's never does. */
  of(kind: NameKind, name: string): string {
    const key = `${kind} ${name}`;
    const old = this.#given.get(key);
    if (old !== undefined) return old;
    const given = kind !== 'pve' && isHarmless(name) ? name : this.#next(kind);
    this.#given.set(key, given);
    return given;
  }

  /** A file name whose ending may stay: `johns.rom` becomes `rom1.rom`. */
  ofFile(kind: NameKind, name: string): string {
    if (isHarmless(name)) return name;
    const ending = /\.(pl|sh|py|rom|bin|conf|cfg|aml|list|sources|rules)$/.exec(name)?.[0] ?? '';
    return `${this.of(kind, name.slice(0, name.length - ending.length))}${ending}`;
  }

  /** The names of nodes as they stood, longest first, for replacing them in free text. */
  nodeNames(): readonly string[] {
    const names = [...this.#given.keys()].filter((key) => key.startsWith('pve ')).map((key) => key.slice(4));
    return names.sort((a, b) => b.length - a.length);
  }

  /** Every name that was replaced and what stands for it, longest first. */
  replaced(): readonly (readonly [name: string, given: string])[] {
    const pairs = [...this.#given].map(([key, given]) => [key.slice(key.indexOf(' ') + 1), given] as const);
    return pairs.filter(([name, given]) => name !== '' && name !== given).sort(([a], [b]) => b.length - a.length);
  }

  #next(kind: NameKind): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${kind}${count}`;
  }
}

/** Whether a name consists of everyday words of this field and of numbers. */
export function isHarmless(name: string): boolean {
  const parts = name.split(/[-_.@]/);
  return parts.every((part) => HARMLESS.has(part) || /^\d{1,4}$/.test(part) || HARMLESS.has(part.replace(/\d{1,3}$/, '')));
}
