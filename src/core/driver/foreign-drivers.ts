// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import type { Remark } from '../plan/action.ts';

/** A driver for Intel GPUs that comes from neither the kernel nor i915-sriov-dkms. */
export interface ForeignDriver {
  /** `NAME/VERSION` of dkms, or the path of a module file. */
  readonly what: string;
  readonly kind: 'dkms' | 'file';
  /** The kernels that it is built for; empty for a file, which is that of the running kernel. */
  readonly kernels: readonly string[];
}

/**
 * Other builds of i915 or xe: `intel-i915-dkms` and `intel-xe-dkms` (Intel's backports), forks under other names, and
 * module files that somebody copied into `updates/` or `extra/`. They win over the kernel's own, and over ours by chance.
 */
export function foreignDrivers(facts: HostFacts): readonly ForeignDriver[] {
  const modules = ifKnown(facts.modules);
  if (modules === undefined) return [];
  const packages = modules.dkms
    .filter(({ name }) => name !== DKMS_PACKAGE && /(^|[-_])(i915|xe|kvmgt)([-_]|$)/i.test(name))
    .map(({ name, version, kernels }) => ({ what: `${name}/${version}`, kind: 'dkms' as const, kernels }));
  const files = modules.modules
    .filter(({ name, origin }) => (name === 'i915' || name === 'xe' || name === 'kvmgt') && origin === 'updates')
    .map(({ name, file }) => ({ what: file ?? name, kind: 'file' as const, kernels: [] }));
  return [...packages, ...files];
}

/** What is said of foreign drivers before ours is put beside them. */
export function foreignRemarks(drivers: readonly ForeignDriver[]): readonly Remark[] {
  return drivers.map(({ what, kind }) => ({
    level: 'warning',
    id: 'driver.foreign',
    text:
      kind === 'dkms'
        ? `DKMS also builds ${what}, which brings its own i915 or xe; which of the two is loaded is left to chance.`
        : `${what} was put there by hand and is loaded instead of the kernel's own.`,
    hint: kind === 'dkms' ? `Remove it: dkms remove ${what} --all` : 'Move the file away and run depmod -a.',
  }));
}
