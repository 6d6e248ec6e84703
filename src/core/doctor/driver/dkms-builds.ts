// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ModuleFacts } from '../../facts/kernel-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import { dkmsVersionFits } from '../../gpu/driver-backend.ts';
import { moduleState } from '../../gpu/gpu-case.ts';
import { compareSeries, kernelSeries } from '../../gpu/kernel-version.ts';
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingId, FindingRule, Outcome } from '../finding.ts';
import { asTrouble } from '../trouble.ts';
import { dkmsSays, reasonOf, type SriovWish, sriovWishes } from './sriov-wish.ts';

const BEFORE: readonly FindingId[] = ['kernel.headers-missing', 'driver.build-failed', 'driver.half-configured'];

/** `dkms status` says `added`: the source is there and nothing was ever built of it. */
export const DKMS_NOT_BUILT = notBuilt('driver.dkms-not-built', {
  title: 'The driver for VFs is known to DKMS and built for no kernel',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/96',
  follows: BEFORE,
  counts: ({ kernels, fits }) => kernels.length === 0 && fits,
});

/** Built once, and the kernel was changed since. */
export const DKMS_OTHER_KERNEL = notBuilt('driver.dkms-other-kernel', {
  title: 'The driver for VFs is built for another kernel than the one that runs',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/86',
  follows: BEFORE,
  counts: ({ kernels, fits }) => kernels.length > 0 && fits,
});

/** `BUILD_EXCLUSIVE_KERNEL` of the release leaves the running kernel out. */
export const WRONG_RELEASE = notBuilt('driver.wrong-release', {
  title: 'The installed release of the driver is not for the kernel that runs',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/446',
  counts: ({ fits }) => !fits,
});

/** The code of the module is from a newer kernel: `modprobe` answers "Exec format error" (i915-sriov-dkms issue 356). */
export const NEWER_BASE: FindingRule = {
  id: 'driver.newer-base',
  severity: 'error',
  title: 'The code of the driver for VFs is from a newer kernel than the one that runs',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/356',
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const reason = reasonOf(wish, 'dkms.other-base');
      if (reason !== undefined) return [asTrouble(reason, { subject: wish.device.bdf, also: [wish.sign], remedy: FITTING })];
      const newer = loadedNewerBase(wish);
      if (newer === undefined) return [];
      const { module, base, release } = newer;
      return [
        {
          state: 'problem',
          subject: wish.device.bdf,
          because: `The loaded ${module} was taken from kernel ${visible(base, 40)}, which is newer than ${visible(release, 80)}, so it may not fit.`,
          evidence: [{ source: `module file of ${module}`, value: `origin_kernel ${visible(base, 40)}` }, wish.sign],
          remedy: FITTING,
        },
      ];
    }),
};

const FITTING = {
  text: 'Install the release of i915-sriov-dkms for this kernel: "pveigpu driver list" names it.',
  fix: { kind: 'driver-install' },
} as const;

function loadedNewerBase({ facts, device, release }: SriovWish) {
  const module = device.driver ?? '';
  const state = moduleState(facts, module);
  const base = state?.originKernel;
  const [own, running] = [kernelSeries(base ?? ''), kernelSeries(release ?? '')];
  if (base === undefined || release === undefined || own === undefined || running === undefined) return undefined;
  return state?.loaded === true && compareSeries(own, running) > 0 ? { module, base, release } : undefined;
}

/** The version that counts, and whether it says of itself that it is for the kernel. */
interface Installed {
  readonly version: string;
  readonly kernels: readonly string[];
  readonly fits: boolean;
}

/** The verdict finds that the driver is there and not built for the running kernel; these rules say of which kind that is. */
function notBuilt(
  id: FindingId,
  {
    counts,
    ...more
  }: Pick<FindingRule, 'title' | 'reference' | 'follows'> & { readonly counts: (installed: Installed) => boolean },
): FindingRule {
  const examine = (ground: DoctorCase): readonly Outcome[] =>
    sriovWishes(ground).flatMap((wish) => {
      const reason = reasonOf(wish, 'dkms.not-built');
      const installed = installedVersion(wish);
      if (reason === undefined || installed === undefined || !counts(installed)) return [];
      const need = wish.judged.needs.find((one) => one.includes(DKMS_PACKAGE)) ?? `Build ${DKMS_PACKAGE} for this kernel.`;
      const remedy = { text: need, fix: { kind: 'driver-install' } } as const;
      return [asTrouble(reason, { subject: wish.device.bdf, also: [...dkmsSays(ground), wish.sign], remedy })];
    });
  return { id, severity: 'error', ...more, examine };
}

/** As {@link ../../gpu/sriov-needs.ts} takes it: the first version, none being built for the running kernel. */
function installedVersion({ facts, release }: SriovWish): Installed | undefined {
  const versions: ModuleFacts['dkms'] = (ifKnown(facts.modules)?.dkms ?? []).filter(({ name }) => name === DKMS_PACKAGE);
  const [first] = versions;
  if (first === undefined || release === undefined) return undefined;
  return { version: first.version, kernels: first.kernels, fits: dkmsVersionFits(first.version, release) !== false };
}
