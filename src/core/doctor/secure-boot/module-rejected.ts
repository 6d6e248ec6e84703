// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import type { FindingRule, Outcome, Trouble } from '../finding.ts';
import { said } from '../said.ts';
import { secureBoot } from './secure-boot-state.ts';

const KEY_UNKNOWN: Pick<Trouble, 'because' | 'remedy'> = {
  because:
    'The kernel refused to load a module at this boot, because Secure Boot is on and the key that signed it is not enrolled.',
  remedy: {
    text: 'Hand the key of DKMS to the firmware; "pveigpu driver install" does it and shows the one step at the console of the next boot.',
    fix: { kind: 'driver-install' },
  },
};

/** The kernel reads keys of the owner from the firmware with Secure Boot only (security/integrity/platform_certs/load_uefi.c). */
const SIGNED_ONLY: Pick<Trouble, 'because' | 'remedy'> = {
  because:
    'The kernel refused to load a module at this boot, because it was told to take signed modules only (module.sig_enforce), though Secure Boot is off.',
  remedy: {
    text: 'Take module.sig_enforce from the kernel command line, or switch Secure Boot on and enrol the key of DKMS: without Secure Boot no key of yours counts.',
  },
};

/** The kernel takes only modules that are signed with a key it knows: with Secure Boot, or when it is told so (kernel/module/signing.c). */
export const MODULE_REJECTED: FindingRule = {
  id: 'secure-boot.module-rejected',
  severity: 'error',
  title: 'The kernel refused a driver that is not signed with a known key',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/secure-boot.md',
  follows: [
    'boot.reboot-pending',
    'secure-boot.key-waits',
    'secure-boot.key-not-enrolled',
    'secure-boot.key-unusable',
    'secure-boot.no-mokutil',
  ],
  examine: ({ facts }): Outcome | readonly Outcome[] => {
    const [last] = said(facts, 'secure-boot.rejected').slice(-1);
    const state = secureBoot(facts);
    if (last === undefined) return [];
    const isOff = ifKnown(state) === false;
    const value = isOff ? 'off' : state.state === 'known' ? 'on' : 'not known';
    return {
      state: 'problem',
      ...(isOff ? SIGNED_ONLY : KEY_UNKNOWN),
      evidence: [last, { source: 'EFI variable SecureBoot', value }],
    };
  },
};

/** Whether people take the taint for a refusal: with Secure Boot off it is a note, and the module was loaded. */
export const TAINT_IS_HARMLESS: FindingRule = {
  id: 'secure-boot.taint-is-harmless',
  severity: 'note',
  title: 'A missing signature is noted, and Secure Boot is off',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/106',
  examine: ({ facts }): Outcome | readonly Outcome[] => {
    const [last] = said(facts, 'harmless.taint')
      .filter(({ value }) => value.includes('module verification failed'))
      .slice(-1);
    if (last === undefined || ifKnown(secureBoot(facts)) !== false) return [];
    return {
      state: 'problem',
      because:
        'The kernel notes that a module has no signature that it knows; Secure Boot is off, so the module was loaded all the same.',
      evidence: [last, { source: 'EFI variable SecureBoot', value: 'off' }],
      remedy: { text: 'Nothing has to be done, and no key has to be enrolled while Secure Boot is off.' },
    };
  },
};
