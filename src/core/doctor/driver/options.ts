// SPDX-License-Identifier: AGPL-3.0-or-later

import { backendModule } from '../../driver/origin-check.ts';
import { ifKnown } from '../../facts/section.ts';
import { stockXeForceProbe } from '../../gpu/driver-backend.ts';
import { forcesProbe, keptOff } from '../../gpu/given-options.ts';
import { attribute, moduleState, parameterEvidence } from '../../gpu/gpu-case.ts';
import { desiredOf } from '../../plan/desired.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { lastSaid, said } from '../said.ts';
import { asTrouble } from '../trouble.ts';
import { applySriov, reasonOf, sriovWishes } from './sriov-wish.ts';

const README = 'https://github.com/strongtz/i915-sriov-dkms#readme';

/** The right driver runs and was told to offer no VFs: `max_vfs` missing, or 0. */
export const NO_VFS_ASKED: FindingRule = {
  id: 'driver.max-vfs-missing',
  severity: 'error',
  title: 'The driver was not asked to offer VFs',
  reference: README,
  follows: [
    'boot.reboot-pending',
    'boot.own-settings-gone',
    'boot.param-not-booted',
    'boot.param-in-inactive-loader',
    'boot.module-options-stale',
    'driver.guc-off',
  ],
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const reason = reasonOf(wish, 'sriov.max-vfs-missing', 'sriov.max-vfs-zero');
      if (reason === undefined) return [];
      const text = wish.judged.needs[0] ?? 'Give the driver the option max_vfs, then reboot.';
      return [asTrouble(reason, { subject: wish.device.bdf, also: [wish.sign], remedy: { text, fix: applySriov(wish) } })];
    }),
};

/** VFs are scheduled by the GuC; bit 0 of `enable_guc` is submission (i915-sriov-dkms drivers/gpu/drm/i915/gt/uc/intel_uc.c). */
export const GUC_OFF: FindingRule = {
  id: 'driver.guc-off',
  severity: 'error',
  title: 'The driver runs without GuC submission, which VFs need',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/103',
  follows: [
    'driver.firmware-missing',
    'boot.gvtg-with-sriov-options',
    'boot.contradicting-params',
    'boot.param-not-booted',
    'boot.own-settings-gone',
    'boot.module-options-stale',
    'firmware.guc-image-refused',
  ],
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const { device, judged, sign } = wish;
      const fix = applySriov(wish);
      const reason = reasonOf(wish, 'sriov.guc-off');
      if (reason !== undefined) {
        const text = judged.needs[0] ?? 'Give i915 the option enable_guc=3, then reboot.';
        return [asTrouble(reason, { subject: device.bdf, also: [sign], remedy: { text, fix } })];
      }
      const isPf = device.driver === 'i915' || device.driver === 'xe';
      const line = isPf && judged.readiness !== 'now' ? lastSaid(wish, 'sriov.guc-off') : undefined;
      if (line === undefined) return [];
      return [
        {
          state: 'problem',
          subject: device.bdf,
          because: `${device.driver} says that it runs ${device.bdf} without GuC submission, and without it there are no VFs.`,
          evidence: [line, sign],
          remedy: {
            text: 'Give i915 the option enable_guc=3; where it has it, look for missing GuC firmware (pve-firmware).',
            fix,
          },
        },
      ];
    }),
};

/** A number of guides of 2022; builds of today refuse it (i915-sriov-dkms issue 53). */
export const ENABLE_GUC_7: FindingRule = {
  id: 'driver.enable-guc-7',
  severity: 'error',
  title: 'enable_guc has a value of old guides',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/53',
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const line = lastSaid(wish, 'driver.incompatible-guc');
      const set = moduleState(wish.facts, 'i915')?.parameters.enable_guc;
      // Bits 0 and 1 are all that there are (drivers/gpu/drm/i915/i915_params.h).
      const isUnknown = set !== undefined && Number(set) > 3;
      const evidence = isUnknown ? parameterEvidence('i915', 'enable_guc', set) : line;
      if (evidence === undefined) return [];
      return [
        {
          state: 'problem',
          subject: wish.device.bdf,
          because: 'i915 is given an enable_guc that only builds of 2022 knew; those of today take 3.',
          evidence: [evidence, wish.sign],
          remedy: { text: 'Give i915 enable_guc=3 instead, rebuild the initramfs and reboot.', fix: applySriov(wish) },
        },
      ];
    }),
};

/** Two drivers would take the GPU, and which is loaded first is left to chance. */
export const BOTH_MAY_BIND: FindingRule = {
  id: 'driver.both-may-bind',
  severity: 'warning',
  title: 'Both i915 and xe would take the GPU',
  reference: README,
  follows: ['boot.own-settings-gone'],
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const { facts, device, entry, release = '', judged, sign } = wish;
      const asked = ground.desired.state === 'known' ? desiredOf(ground.desired.value, device)?.driver : undefined;
      const backend = asked ?? judged.backend;
      // An excerpt that shows no configuration does not show what is missing in it.
      if (backend === undefined || ifKnown(facts.modules) === undefined || ifKnown(facts.config) === undefined) return [];
      const { module, build } = backendModule(backend);
      const other = module === 'i915' ? 'xe' : 'i915';
      const forceProbe = build === 'dkms' ? entry.xeForceProbe.dkms : stockXeForceProbe(entry, release);
      const xeTakes = forceProbe === false || (forceProbe === true && forcesProbe(facts, 'xe', entry.device));
      const i915Takes = build === 'dkms' ? entry.drivers.i915Dkms : entry.drivers.i915Mainline;
      const takes = other === 'xe' ? xeTakes : i915Takes;
      // Where the other one has it already that is a finding of its own.
      if (!takes || device.driver === other || keptOff(facts, other, entry.device)) return [];
      return [
        {
          state: 'problem',
          subject: device.bdf,
          because: `${module} shall give the VFs of ${device.bdf}, and nothing keeps ${other} from taking the GPU first.`,
          evidence: [attribute(device, 'driver', device.driver ?? 'absent'), sign],
          remedy: {
            text: `Give ${other} the option force_probe=!${entry.device}; "pveigpu apply sriov" does so.`,
            fix: applySriov(wish),
          },
        },
      ];
    }),
};

/** `Setting dangerous option enable_guc - tainting kernel` worries people and is how i915 says that it was told something. */
export const DANGEROUS_OPTION: FindingRule = {
  id: 'driver.dangerous-option-normal',
  severity: 'note',
  title: 'i915 calls an option dangerous that is needed',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/gpu/drm/i915/i915_params.c',
  examine: ({ facts }) => {
    const [last] = said(facts, 'harmless.dangerous-option').slice(-1);
    if (last === undefined) return [];
    return {
      state: 'problem',
      because:
        'i915 says this of each option that its authors do not test; VFs and GVT-g need such options, and the taint has no other effect.',
      evidence: [last],
      remedy: { text: 'Nothing has to be done.' },
    };
  },
};
