// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingId, FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { said } from '../said.ts';
import { asTrouble } from '../trouble.ts';
import { applySriov, dkmsSays, reasonOf, sriovWishes } from './sriov-wish.ts';

/** All that leaves the kernel's own driver in place of the one of i915-sriov-dkms. */
export const NO_OTHER_DRIVER: readonly FindingId[] = [
  'boot.reboot-pending',
  'boot.own-settings-gone',
  'kernel.headers-missing',
  'driver.dkms-not-built',
  'driver.dkms-other-kernel',
  'driver.wrong-release',
  'driver.build-failed',
  'driver.half-configured',
  'driver.newer-base',
  'driver.module-does-not-fit',
  'driver.none-for-kernel',
  'secure-boot.module-rejected',
  'secure-boot.key-not-enrolled',
  'secure-boot.key-waits',
];

/** The DKMS build is there for this kernel and the stock one was loaded, or there is no DKMS build at all. */
export const STOCK_LOADED: FindingRule = {
  id: 'driver.stock-loaded',
  severity: 'error',
  title: "The kernel's own driver has the GPU, and it has no SR-IOV",
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/224',
  follows: NO_OTHER_DRIVER,
  matters: true,
  examine: (ground) => withKnown(ground, ['pci', 'modules', 'kernel'], () => stockLoaded(ground)),
};

function stockLoaded(ground: DoctorCase): readonly Outcome[] {
  return sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
    const built = reasonOf(wish, 'dkms.not-used');
    const reason = built ?? reasonOf(wish, 'sriov.stock-i915');
    if (reason === undefined) return [];
    const ignored = reasonOf(wish, 'sriov.max-vfs-ignored')?.evidence ?? [];
    const also = [...inInitramfs(ground, wish.device.driver), ...dkmsSays(ground), ...ignored, wish.sign];
    const text =
      built === undefined
        ? `${wish.judged.needs[0] ?? 'Install a driver that has SR-IOV.'} "pveigpu apply sriov" does all of it.`
        : `Rebuild the initramfs (update-initramfs -u -k ${wish.release ?? 'all'}) and reboot; modinfo -n ${wish.device.driver ?? 'i915'} must show updates/dkms.`;
    const remedy = built === undefined ? { text, fix: applySriov(wish) } : { text };
    return [asTrouble(reason, { subject: wish.device.bdf, also, remedy })];
  });
}

/** Which file of the driver the initramfs holds, where `--deep` has looked. */
function inInitramfs({ deep }: DoctorCase, driver: string | null): readonly Evidence[] {
  const paths = (ifKnown(deep.initramfs) ?? []).filter((path) => path.includes(`/${driver ?? 'i915'}.ko`));
  return paths.map((path) => ({ source: 'initramfs', value: visible(path, 200) }));
}

/** Said by the kernel's own i915 of an option that only the DKMS build has. */
export const MAX_VFS_IGNORED: FindingRule = {
  id: 'driver.max-vfs-ignored',
  severity: 'advice',
  title: "i915.max_vfs is given to the kernel's own i915, which does not know it",
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/170',
  follows: ['driver.stock-loaded'],
  examine: ({ facts }) => {
    const line = said(facts, 'driver.unknown-parameter').filter(({ value }) => value.includes('max_vfs'));
    const [last] = line.slice(-1);
    if (last === undefined) return [];
    return {
      state: 'problem',
      because:
        "The kernel's own i915 ignores max_vfs, so there are no VFs: that line is not harmless, it shows that the DKMS build was not loaded.",
      evidence: [last],
      remedy: {
        text: 'Where VFs are wanted run "pveigpu apply sriov", which brings a driver that has them; else take the option out.',
      },
    };
  },
};

/** No release of i915-sriov-dkms and no xe of this kernel serves the GPU. */
export const NONE_FOR_KERNEL: FindingRule = {
  id: 'driver.none-for-kernel',
  severity: 'error',
  title: 'No driver for the kernel that runs has SR-IOV for the GPU',
  reference: 'https://github.com/strongtz/i915-sriov-dkms#readme',
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const reason = reasonOf(wish, 'sriov.other-kernel');
      if (reason === undefined) return [];
      const text = `${wish.judged.needs[0] ?? 'Boot another kernel.'} "pveigpu kernel list" shows the kernels of this node.`;
      return [asTrouble(reason, { subject: wish.device.bdf, also: [wish.sign], remedy: { text } })];
    }),
};
