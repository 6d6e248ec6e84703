// SPDX-License-Identifier: AGPL-3.0-or-later
import { MOK_CERTIFICATE } from '../../driver/mok.ts';
import { ifKnown } from '../../facts/section.ts';
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import { installedVersion } from '../../platform/package-states.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule, type Outcome } from '../finding.ts';
import { secureBoot } from './secure-boot-state.ts';

const DOCUMENT = 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/secure-boot.md';
const ON = { source: 'EFI variable SecureBoot', value: 'on' } as const;

/** Whether a driver of DKMS is here that Secure Boot has to let in. */
function needsKey({ facts }: DoctorCase): boolean {
  const isHere = (ifKnown(facts.modules)?.dkms ?? []).some(({ name }) => name === DKMS_PACKAGE);
  return isHere && ifKnown(secureBoot(facts)) === true;
}

/** The key that signs modules was never handed over, or its screen was missed. Asked only with `--deep`. */
export const KEY_NOT_ENROLLED: FindingRule = {
  id: 'secure-boot.key-not-enrolled',
  severity: 'error',
  title: 'The key that signs the driver is not enrolled',
  reference: DOCUMENT,
  deep: true,
  follows: ['secure-boot.no-mokutil'],
  examine: (ground) => {
    const { signingKey } = ground.deep;
    if (!needsKey(ground) || signingKey.state === 'not-sensed') return FINE;
    if (signingKey.state === 'unknown')
      return {
        state: 'unmeasured',
        because: `Whether the key of DKMS is enrolled is not known: ${visible(signingKey.reason, 200)}`,
        needs: 'deep',
      };
    if (signingKey.value !== 'not-enrolled') return FINE;
    return {
      state: 'problem',
      because: 'Secure Boot is on and the firmware does not know the key of DKMS, so the driver will not load.',
      evidence: [{ source: `mokutil --test-key ${MOK_CERTIFICATE}`, value: 'not enrolled' }, ON],
      remedy: {
        text: 'Hand the key over; "pveigpu driver install" does it and shows the one step at the console of the next boot.',
        fix: { kind: 'driver-install' },
      },
    };
  },
};

/** The key was handed over; MokManager asks for the password at the next boot, and only there. */
export const KEY_WAITS: FindingRule = {
  id: 'secure-boot.key-waits',
  severity: 'warning',
  title: 'The key that signs the driver waits for its step at the console',
  reference: DOCUMENT,
  deep: true,
  examine: (ground) => {
    if (!needsKey(ground) || ifKnown(ground.deep.signingKey) !== 'pending') return FINE;
    return {
      state: 'problem',
      because:
        'The key of DKMS was handed over, and the firmware asks for its password at the next boot, at the screen of this node.',
      evidence: [{ source: `mokutil --test-key ${MOK_CERTIFICATE}`, value: 'in the enrollment request' }, ON],
      remedy: {
        text: 'Reboot with somebody at the screen: choose Enroll MOK, Continue, Yes and type the password. Where it is lost, run mokutil --revoke-import and hand the key over again.',
      },
    };
  },
};

/** A key that OpenSSL cannot read signs nothing (Upinel/PVE-Intel-vGPU issue 13). */
export const KEY_UNUSABLE: FindingRule = {
  id: 'secure-boot.key-unusable',
  severity: 'error',
  title: 'The key with which DKMS signs modules cannot be used',
  reference: 'https://github.com/Upinel/PVE-Intel-vGPU/issues/13',
  examine: ({ builds }) =>
    Object.entries(builds).flatMap(([release, causes]): readonly Outcome[] => {
      const cause = causes.find(({ id }) => id === 'driver.build-signing');
      if (cause === undefined) return [];
      return [
        {
          state: 'problem',
          subject: `kernel ${visible(release, 80)}`,
          because: cause.text,
          evidence: [{ source: 'make.log', value: visible(cause.evidence[0] ?? cause.id, 300) }],
          remedy: { text: cause.hint },
        },
      ];
    }),
};

/** mokutil hands keys over; without it a driver cannot be made to load. */
export const NO_MOKUTIL: FindingRule = {
  id: 'secure-boot.no-mokutil',
  severity: 'warning',
  title: 'Secure Boot is on and the program that hands over keys is not installed',
  reference: 'https://pve.proxmox.com/wiki/Secure_Boot_Setup',
  examine: (ground) => {
    const packages = ifKnown(ground.facts.packages);
    if (packages === undefined || !needsKey(ground) || installedVersion(packages, 'mokutil') !== undefined) return FINE;
    return {
      state: 'problem',
      because: `${DKMS_PACKAGE} is here and Secure Boot is on, but mokutil, which hands the key of DKMS to the firmware, is not installed.`,
      evidence: [{ source: '/var/lib/dpkg/status', value: 'mokutil not installed' }, ON],
      remedy: { text: 'Install it: apt install mokutil.' },
    };
  },
};
