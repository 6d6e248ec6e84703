// SPDX-License-Identifier: AGPL-3.0-or-later
import { foreignDrivers, foreignRemarks } from '../../driver/foreign-drivers.ts';
import type { ModuleFacts } from '../../facts/kernel-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import { installedVersion } from '../../platform/package-states.ts';
import { cutOff } from '../../preflight/preflight-remarks.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { said } from '../said.ts';

const HEADERS = 'proxmox-default-headers';
const DKMS = 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/install-pve-host.md';

function ofDkms({ facts }: Pick<DoctorCase, 'facts'>): ModuleFacts['dkms'] {
  return (ifKnown(facts.modules)?.dkms ?? []).filter(({ name }) => name === DKMS_PACKAGE);
}

function dkmsEvidence(found: ModuleFacts['dkms']) {
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

/** The source of the driver is there, and the program that builds it for a new kernel is not. */
export const DKMS_TOOL_MISSING: FindingRule = {
  id: 'driver.dkms-tool-missing',
  severity: 'warning',
  title: 'The tools that build the driver for a new kernel are not installed',
  reference: DKMS,
  examine: (ground) => {
    const packages = ifKnown(ground.facts.packages);
    const found = ofDkms(ground);
    if (packages === undefined || found.length === 0) return FINE;
    const missing = ['dkms', 'build-essential'].filter((name) => installedVersion(packages, name) === undefined);
    if (missing.length === 0) return FINE;
    return {
      state: 'problem',
      because: `${DKMS_PACKAGE} is here, but ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed, so nothing is built for the next kernel.`,
      evidence: [{ source: '/var/lib/dpkg/status', value: `${missing.join(' ')} not installed` }, dkmsEvidence(found)],
      remedy: { text: `Install what is missing: apt install ${missing.join(' ')}.` },
    };
  },
};

/** Headers of the running kernel are there; those of the next one come only with the package that follows the default kernel. */
export const HEADERS_NOT_FOLLOWED: FindingRule = {
  id: 'driver.headers-not-followed',
  severity: 'advice',
  title: 'New kernels come without headers',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/403',
  examine: (ground) => {
    const packages = ifKnown(ground.facts.packages);
    const found = ofDkms(ground);
    const followsKernel = packages !== undefined && installedVersion(packages, 'proxmox-default-kernel') !== undefined;
    if (found.length === 0 || !followsKernel || installedVersion(packages, HEADERS) !== undefined) return FINE;
    return {
      state: 'problem',
      because: `Upgrades bring new kernels, but without ${HEADERS} not their headers, and DKMS then builds no driver for them.`,
      evidence: [{ source: '/var/lib/dpkg/status', value: `${HEADERS} not installed` }, dkmsEvidence(found)],
      remedy: { text: `Install ${HEADERS}: apt install ${HEADERS}.` },
    };
  },
};

/** apt gets nothing from Proxmox, so headers and kernels cannot be fetched. */
export const NO_PACKAGE_SOURCE: FindingRule = {
  id: 'driver.no-package-source',
  severity: 'advice',
  title: 'apt gets no packages of Proxmox on this node',
  reference: 'https://pve.proxmox.com/wiki/Package_Repositories',
  examine: ({ facts }) => {
    const packages = ifKnown(facts.packages);
    const trouble = packages === undefined ? undefined : cutOff(packages);
    const source = packages?.sources.find(({ text }) => text.includes('enterprise.proxmox.com'));
    if (trouble === undefined || source === undefined) return FINE;
    return {
      state: 'problem',
      because: trouble.text,
      evidence: [{ source: source.path, value: source.text }],
      remedy: { text: `${trouble.hint.replace(/\.$/, '')}.` },
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
