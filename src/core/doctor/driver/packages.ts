// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import { installedVersion } from '../../platform/package-states.ts';
import { cutOff } from '../../preflight/preflight-remarks.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { dkmsEvidence, ofDkms } from './mixed-builds.ts';

const HEADERS = 'proxmox-default-headers';
const DKMS = 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/install-pve-host.md';

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
