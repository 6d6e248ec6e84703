// SPDX-License-Identifier: AGPL-3.0-or-later
import { foreignDrivers, foreignRemarks } from '../../driver/foreign-drivers.ts';
import type { ModuleFacts } from '../../facts/kernel-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { said } from '../said.ts';

/** What DKMS keeps of i915-sriov-dkms. */
export function ofDkms({ facts }: Pick<DoctorCase, 'facts'>): ModuleFacts['dkms'] {
  return (ifKnown(facts.modules)?.dkms ?? []).filter(({ name }) => name === DKMS_PACKAGE);
}

/** The versions of it, as evidence. */
export function dkmsEvidence(found: ModuleFacts['dkms']) {
  return { source: `/var/lib/dkms/${DKMS_PACKAGE}`, value: found.map(({ version }) => visible(version, 40)).join(' ') };
}

/** Builds of i915 or xe by others: which one is loaded is left to chance. */
export const FOREIGN: FindingRule = {
  id: 'driver.foreign',
  severity: 'warning',
  title: 'Another build of the graphics driver is installed',
  reference: 'https://man7.org/linux/man-pages/man5/depmod.d.5.html',
  examine: ({ facts }) => {
    const drivers = foreignDrivers(facts);
    return foreignRemarks(drivers).map(({ text, hint }, at) => ({
      state: 'problem',
      subject: visible(drivers[at]?.what ?? 'a driver', 100),
      because: visible(text, 300),
      evidence: [
        { source: drivers[at]?.kind === 'dkms' ? '/var/lib/dkms' : 'modules.dep', value: visible(drivers[at]?.what ?? '', 200) },
      ],
      remedy: { text: `${visible(hint ?? 'Remove it', 200).replace(/\.$/, '')}.` },
    }));
  },
};

/** Missing symbols: modules of two builds, or of two kernels, are mixed (kernel/module/main.c). */
export const MODULE_DOES_NOT_FIT: FindingRule = {
  id: 'driver.module-does-not-fit',
  severity: 'error',
  title: 'A graphics module does not fit the kernel or its other modules',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/418',
  follows: ['driver.newer-base', 'driver.foreign'],
  examine: ({ facts }) => {
    const lines = said(facts, 'driver.unknown-symbol', 'driver.exec-format');
    const [last] = lines.slice(-1);
    if (last === undefined) return FINE;
    return {
      state: 'problem',
      because: 'The kernel refused a graphics module because functions that it needs are missing or different.',
      evidence: [last],
      remedy: {
        text: 'Build the driver again for this kernel, run depmod -a and update-initramfs -u -k all, then reboot.',
        fix: { kind: 'driver-install' },
      },
    };
  },
};

/** Each version that DKMS keeps is built again for every kernel, and the last one to be installed wins. */
export const SEVERAL_VERSIONS: FindingRule = {
  id: 'driver.several-versions',
  severity: 'advice',
  title: 'DKMS keeps several releases of the driver',
  reference: 'https://github.com/dkms-project/dkms#readme',
  examine: (ground) => {
    const found = ofDkms(ground);
    const [first, second] = found;
    if (first === undefined || second === undefined) return FINE;
    return {
      state: 'problem',
      because: `DKMS keeps ${found.length} releases of ${DKMS_PACKAGE}, and which of them a new kernel gets depends on the order in which they are built.`,
      evidence: [dkmsEvidence(found)],
      remedy: {
        text: `Remove those that are not used, for example: dkms remove ${DKMS_PACKAGE}/${visible(first.version, 40)} --all.`,
      },
    };
  },
};
