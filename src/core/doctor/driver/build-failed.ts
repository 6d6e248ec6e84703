// SPDX-License-Identifier: AGPL-3.0-or-later
import { unfinishedPackages } from '../../platform/package-states.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';

/** Causes that are findings of their own. */
const OWN_FINDINGS = ['driver.build-headers-missing', 'driver.build-excluded', 'driver.build-signing'];

/** What DKMS's `make.log` says of a build that failed: the first real error, in words. */
export const BUILD_FAILED: FindingRule = {
  id: 'driver.build-failed',
  severity: 'error',
  title: 'The driver for VFs could not be built',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/151',
  follows: ['driver.wrong-release', 'driver.dkms-tool-missing'],
  examine: ({ builds }) =>
    Object.entries(builds).flatMap(([release, causes]): readonly Outcome[] => {
      const first = causes.find(({ id }) => !OWN_FINDINGS.includes(id));
      if (first === undefined) return [];
      const lines = first.evidence.map((line) => ({ source: 'make.log', value: visible(line, 300) }));
      const [line = { source: 'make.log', value: first.id }, ...rest] = lines;
      const text = visible(first.text, 350);
      return [
        {
          state: 'problem',
          subject: `kernel ${visible(release, 80)}`,
          because: /[.!]\)?$/.test(text) ? text : `${text}.`,
          evidence: [line, ...rest],
          remedy: { text: first.hint, fix: { kind: 'driver-install' } },
        },
      ];
    }),
};

/** dpkg takes unfinished packages up again in every run, and fails again with them. */
export const HALF_CONFIGURED: FindingRule = {
  id: 'driver.half-configured',
  severity: 'error',
  title: 'dpkg has left packages unfinished',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/196',
  follows: ['driver.build-failed', 'driver.wrong-release', 'kernel.headers-missing'],
  examine: (ground) =>
    withKnown(ground, ['packages'], ({ packages }) => {
      const left = unfinishedPackages(packages);
      if (left.length === 0) return [];
      const list = left.map(({ name, state }) => `${visible(name, 80)} (${visible(state, 40)})`);
      return [
        {
          state: 'problem',
          because: `An installation stopped half-way, and every later one fails with it: ${list.slice(0, 5).join(', ')}.`,
          evidence: [{ source: '/var/lib/dpkg/status', value: list.join(' ') }],
          remedy: {
            text: 'Bring dpkg back into order; a driver that does not build goes, or is skipped for that kernel.',
            fix: { kind: 'driver-repair' },
          },
        },
      ];
    }),
};
