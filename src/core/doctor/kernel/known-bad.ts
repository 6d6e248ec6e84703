// SPDX-License-Identifier: AGPL-3.0-or-later
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { leadingWishes } from '../leading-wishes.ts';
import { type Advisory, advisories, applies } from './advisories.ts';

/** The running kernel, or the driver built for it, is known for trouble in what the GPU is used for, and there is a way out. */
export const KNOWN_BAD: FindingRule = advisoryRule('bad', {
  id: 'kernel.known-bad',
  severity: 'warning',
  title: 'The running kernel or driver is known for trouble with this GPU',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/458',
});

/** Somebody reported trouble, and nobody knows a way out: good to know before looking elsewhere. */
export const OPEN_REPORT: FindingRule = advisoryRule('open', {
  id: 'kernel.open-report',
  severity: 'advice',
  title: 'Trouble was reported with this kernel, driver and GPU',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/479',
});

function advisoryRule(level: Advisory['level'], rule: Omit<FindingRule, 'examine'>): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['pci', 'kernel', 'modules'], ({ kernel: { release }, modules }) => {
        const dkms = modules.dkms.filter(({ name, kernels }) => name === DKMS_PACKAGE && kernels.includes(release));
        const about = { release, dkms: dkms.map(({ version }) => version) };
        return leadingWishes(ground).flatMap(({ mode, entry, device, sign }) =>
          advisories()
            .filter((one) => one.level === level && applies(one, { ...about, mode, entry }))
            .map(
              ({ effect, instead, source, dkms: tags }): Outcome => ({
                state: 'problem',
                subject: device.bdf,
                because: `With ${tags === null ? `kernel ${release}` : `release ${about.dkms.join(', ')} of ${DKMS_PACKAGE}`} and ${entry.codename}, ${effect}.`,
                evidence: [
                  tags === null
                    ? { source: '/proc/sys/kernel/osrelease', value: release }
                    : { source: `/var/lib/dkms/${DKMS_PACKAGE}`, value: about.dkms.join(' ') },
                  { source: 'reported in', value: source },
                  sign,
                ],
                remedy: { text: instead },
              }),
            ),
        );
      }),
  };
}
