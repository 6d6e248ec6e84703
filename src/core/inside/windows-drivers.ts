// SPDX-License-Identifier: AGPL-3.0-or-later

/** One version of Intel's graphics driver for Windows, and how a VF fared with it. */
export interface WindowsDriver {
  readonly version: string;
  readonly works: boolean;
  readonly where: string;
  readonly source: string;
}

/** Reports, oldest driver first. There are too few to tell where the fault lay where one failed. */
export const WINDOWS_DRIVERS: readonly WindowsDriver[] = [
  { version: '31.0.101.4577', works: true, where: 'early set-ups, 12th and 13th generation', source: 'i915-sriov-dkms issues' },
  {
    version: '32.0.101.6259',
    works: true,
    where: 'tested by the project',
    source: 'i915-sriov-dkms docs/install-windows-guest.md',
  },
  {
    version: '32.0.101.6460',
    works: true,
    where: 'tested by the project',
    source: 'i915-sriov-dkms docs/install-windows-guest.md',
  },
  { version: '32.0.101.6795', works: true, where: 'Arrow Lake, 265K', source: 'strongtz/i915-sriov-dkms#256' },
  { version: '32.0.101.6972', works: true, where: 'PVE 9', source: 'strongtz/i915-sriov-dkms#328' },
  { version: '32.0.101.7085', works: false, where: 'PVE 9.1.7 with kernel 7.0-rc6', source: 'intel/linux-intel-lts#33' },
  { version: '32.0.101.7088', works: true, where: 'kernel 7.1', source: 'strongtz/i915-sriov-dkms#457' },
];

/** The range that is known to work, and what is known to fail, as one sentence. */
export function windowsDriverRange(): string {
  const good = WINDOWS_DRIVERS.filter(({ works }) => works);
  const bad = WINDOWS_DRIVERS.filter(({ works }) => !works);
  const failed = bad.map(({ version, where }) => `${version} failed on ${where}`).join(', ');
  return `Versions ${good[0]?.version} to ${good.at(-1)?.version} are reported to work with VFs; ${failed}.`;
}

/** What the reports say of the version that a guest has; undefined for one that nobody reported. */
export function windowsDriverReport(version: string): WindowsDriver | undefined {
  return WINDOWS_DRIVERS.find((one) => one.version === version);
}
