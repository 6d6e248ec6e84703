// SPDX-License-Identifier: AGPL-3.0-or-later

/** The version in a kernel release such as `6.17.2-1-pve` or `6.14.11-3-bpo12-pve`. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
  /** 0 when the release names none. */
  readonly patch: number;
  /** Proxmox's and Debian's ABI number after the dash, 0 when there is none. */
  readonly abi: number;
}

const RELEASE = /^(\d+)\.(\d+)(?:\.(\d+))?(?:[^-\s]*)(?:-(\d+))?/;

/** Reads a kernel release, or undefined when the text does not begin like one. */
export function parseKernelVersion(release: string): KernelVersion | undefined {
  const match = RELEASE.exec(release.trim());
  if (match === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', abi = '0'] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), abi: Number(abi) };
}

/** Orders two kernels by major, minor, patch and ABI number: negative, zero or positive. */
export function compareKernelVersions(a: KernelVersion, b: KernelVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || a.abi - b.abi;
}

/** `major.minor` of a release, the key under which kernel trees are catalogued; undefined when it cannot be read. */
export function kernelSeries(release: string): string | undefined {
  const version = parseKernelVersion(release);
  return version && `${version.major}.${version.minor}`;
}

/** Orders two `major.minor` texts, of kernels or of QEMU: negative, zero or positive. */
export function compareSeries(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}

/** Whether a release is of the given series (`6.18`) or later; undefined when the release cannot be read. */
export function kernelAtLeast(release: string, series: string): boolean | undefined {
  const own = kernelSeries(release);
  return own === undefined ? undefined : compareSeries(own, series) >= 0;
}
