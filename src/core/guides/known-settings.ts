// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { compareSeries, kernelAtLeast } from '../gpu/kernel-version.ts';
import { OWN_MODPROBE, OWN_MODULES_LOAD } from '../setup/own-path.ts';
import { dropped, type GuideAnswer, type GuideCase, kept, replaced } from './guide.ts';

// Settings that many guides for GVT-d share, and what pveigpu does instead. Each answer looks at this machine.

/** A kernel that the guide pins, for the sake of the whole. */
export function pinnedKernel(wanted: string): (machine: GuideCase) => GuideAnswer {
  return ({ release, canHave }) => {
    if (release === wanted) return kept('it was asked for, and the node boots it from now on');
    if (canHave(wanted))
      return dropped(`kernel ${release} stays, since it gets security fixes; --kernel ${wanted} takes the other`);
    return dropped(
      `it is not in your repositories, and kernel ${release} stays; package files of it can be given with --kernel ${wanted} --deb`,
    );
  };
}

/** Headers without a driver to build. */
export function headersForNothing(): GuideAnswer {
  return dropped('no driver is built for this mode');
}

/** `quiet` and other words that are the user's. */
export function harmlessWord(word: string): (machine: GuideCase) => GuideAnswer {
  return (machine) => (given(machine, word) ? kept('it is yours, and stays') : dropped('it has nothing to do with the GPU'));
}

/** `iommu=pt`: the host's own devices skip the translation; one on vfio-pci never does (kernel-parameters.txt). */
export function passThrough(machine: GuideCase): GuideAnswer {
  const why = "it spares only the host's own devices the IOMMU, and a GPU on vfio-pci goes through it either way";
  return given(machine, 'iommu=pt') ? kept(`it is on your command line and does no harm: ${why}`) : dropped(why);
}

/** `intel_iommu=on`: needed before 6.8 (pve-docs qm-pci-passthrough.adoc). */
export function intelIommu(machine: GuideCase): GuideAnswer {
  const isOld = kernelAtLeast(machine.release, '6.8') === false;
  if (given(machine, 'intel_iommu=on')) return kept('it is on your command line, and stays');
  if (isOld) return kept(`kernel ${machine.release} does not use the IOMMU without it; it goes where your boot loader reads it`);
  if ((ifKnown(machine.facts.platform)?.iommus.length ?? 0) > 0)
    return dropped('the kernel uses the IOMMU without it, since 6.8');
  return replaced('it is added where your boot loader reads it, if the kernel does not use the IOMMU by itself');
}

/** GuC and HuC firmware for i915 on the host. */
export function hostGuc(): GuideAnswer {
  return dropped('i915 does not drive the GPU on the host any more, so its options mean nothing there');
}

/** `video=efifb:off` and its like: vfio-pci removes the firmware's frame buffer by itself since 6.0 (vfio_pci_core.c, vfio_pci_vga_init). */
export function frameBufferOff({ release }: GuideCase): GuideAnswer {
  if (kernelAtLeast(release, '6.0') === false) return kept('a kernel before 6.0 needs it to set the GPU free');
  return dropped(
    "vfio-pci takes the firmware's frame buffer off the GPU by itself; where the kernel log shows otherwise, sysfb_init is switched off",
  );
}

/** The modules of VFIO in /etc/modules. */
export function vfioModules(): GuideAnswer {
  return replaced(`the same modules in ${OWN_MODULES_LOAD}`);
}

/** `vfio_virqfd`, part of vfio since 6.2 (kernel drivers/vfio/Makefile). */
export function virqfd({ release }: GuideCase): GuideAnswer {
  if (kernelAtLeast(release, '6.2') === false) return replaced(`the same module in ${OWN_MODULES_LOAD}`);
  return dropped('it is a part of vfio since kernel 6.2, and loading it by name fails');
}

/** `options vfio-pci ids=` for the GPU. */
export function vfioIdsOfGpu({ device }: GuideCase): GuideAnswer {
  return replaced(`driver_override of ${device.bdf} in ${OWN_MODPROBE}: by address and id, before a graphics driver can bind it`);
}

/** `options vfio-pci ids=` for the sound device that travels with the GPU. */
export function vfioIdsOfSound(id: string): (machine: GuideCase) => GuideAnswer {
  return ({ facts }) => {
    const sound = ifKnown(facts.pci)?.others.find(({ vendor, device }) => vendor === '8086' && device === id);
    if (sound === undefined) return dropped('this machine has no such device');
    return dropped(
      `the sound device ${sound.bdf} stays with the host; for sound over HDMI the guest gets it as a hostpci of its own`,
    );
  };
}

/** A blacklist of sound drivers. */
export function soundBlacklist(): GuideAnswer {
  return dropped('it would take every sound card from the host, and the sound device is not given away');
}

/** A blacklist of i915. */
export function graphicsBlacklist({ device }: GuideCase): GuideAnswer {
  return replaced(`the install line in ${OWN_MODPROBE}: i915 leaves ${device.bdf} alone, and another Intel GPU keeps it`);
}

/** `update-initramfs -u -k all`. */
export function allInitramfs({ release }: GuideCase): GuideAnswer {
  return replaced(
    `a build for kernel ${release} alone; the others follow once the new boot is confirmed, so that one that boots is always left`,
  );
}

/** `update-grub` after an edit of the command line. */
export function updateGrub(machine: GuideCase): GuideAnswer {
  const isOld = kernelAtLeast(machine.release, '6.8') === false && !given(machine, 'intel_iommu=on');
  return isOld
    ? kept('the loader that boots this node reads the new command line')
    : dropped('the kernel command line is not changed');
}

/** UEFI and virtualisation in the firmware set-up. */
export function firmware({ facts }: GuideCase): GuideAnswer {
  const platform = ifKnown(facts.platform);
  const seen = [
    ...(platform?.efi === true ? ['the node booted with UEFI'] : []),
    ...(platform?.hasVmx === true ? ['VT-x is on'] : []),
    ...((platform?.iommus.length ?? 0) > 0 ? ['VT-d is on'] : []),
  ];
  return kept(seen.length === 0 ? 'it is set by hand in the firmware set-up' : `${seen.join(', ')}`);
}

/** A VBIOS file for SeaBIOS. */
export function vbiosFile(name: string): () => GuideAnswer {
  return () =>
    kept(`it belongs to the guest: a picture before the guest's own driver needs it, as romfile=${name} from /usr/share/kvm`);
}

/** `args: -device vfio-pci,...`, which goes past PVE (qemu-server PCI.pm binds and reserves only hostpci). */
export function deviceByArgs(hostpci: string): () => GuideAnswer {
  return () => replaced(`hostpci0: ${hostpci} in the guest, which PVE binds and reserves; legacy-igd puts it at 00:02.0`);
}

/** `x-igd-gms`: QEMU before 10.0 gives the guest no stolen memory without it, later ones what the host has (hw/vfio/igd.c). */
export function stolenMemory(value: string): (machine: GuideCase) => GuideAnswer {
  return ({ facts }) => {
    const qemu = ifKnown(facts.pve)?.qemuVersion;
    const isOld = qemu?.state === 'known' && compareSeries(qemu.value, '10.0') < 0;
    if (isOld) return replaced(`args: -set device.hostpci0.x-igd-gms=${value} in the guest`);
    return dropped('QEMU 10 and later give the guest as much stolen memory as the firmware set aside');
  };
}

function given({ facts }: GuideCase, word: string): boolean {
  return (ifKnown(facts.kernel)?.cmdline ?? '').split(/\s+/).includes(word);
}
