// SPDX-License-Identifier: AGPL-3.0-or-later
import { sourceUrl } from '../driver/driver-source.ts';
import type { DkmsRelease } from '../gpu/dkms-releases.ts';
import type { KnownDistribution } from './distribution.ts';
import type { InsideCase } from './inside-case.ts';
import { type InsideStep, quick, slow, writeFile } from './inside-step.ts';
import { MODPROBE_FILE, modprobeText, unfinishedText, type VfDriver, vfDrivers, vfDriverUnder } from './kernel-driver.ts';

const XE_SOURCE = 'Linux drivers/gpu/drm/xe/xe_pci.c, by kernel';
const DKMS_SOURCE = 'github.com/strongtz/i915-sriov-dkms: README.md, docs/install-linux-guest-proxmox-cloud-init.md';
/** Where the driver's package lies while it is installed. */
const DOWNLOAD_FOLDER = '/var/tmp';

/** What drives the slice in a Linux VM. */
export function driverSteps(inside: InsideCase): readonly InsideStep[] {
  const { slice, linux } = inside;
  if (slice.kind === 'gpu')
    return [
      told(
        'driver',
        "The guest's own driver (i915, or xe where the kernel takes this GPU with it) drives the whole GPU; nothing is to be set.",
      ),
    ];
  if (slice.kind === 'mdev')
    return [
      told(
        'driver',
        "The guest's own i915 drives the mediated device. GuC must stay off: take i915.enable_guc out of the guest's command line.",
        'Linux drivers/gpu/drm/i915/intel_gvt.c',
      ),
    ];
  if (linux.kernel === undefined) return unknownKernel(inside);
  const driver = vfDriverUnder(inside.entry, linux.kernel);
  if (driver.kind === 'none')
    return [told('driver', noneText(inside, driver.newer), driver.newer === undefined ? DKMS_SOURCE : XE_SOURCE)];
  return [
    ...cloudKernel(inside, linux.kernel),
    ...(driver.kind === 'dkms' ? dkms(inside, linux.kernel, driver.release) : stock(linux.kernel, driver.forced)),
    ...options(inside, driver),
  ];
}

function told(id: string, text: string, source?: string): InsideStep {
  return { id, text, commands: [], by: 'you', ...(source === undefined ? {} : { source }) };
}

function unknownKernel({ entry, slice }: InsideCase): readonly InsideStep[] {
  const { stock: own, dkms: module } = vfDrivers(entry);
  const texts: string[] = [];
  if (own !== undefined)
    texts.push(
      `a kernel from ${own.since} on, whose own xe drives the VF${own.forced ? ` with xe.force_probe=${slice.device}` : ''}`,
    );
  if (module) texts.push('i915-sriov-dkms with i915.enable_guc=3, without max_vfs, and with xe kept away');
  if (texts.length === 0) return [told('driver', 'No driver for a VF of this GPU is known.')];
  return [
    told(
      'driver',
      `Which driver it needs depends on its kernel, which is not known: ${texts.join('; or ')}. Name it with --kernel.`,
      XE_SOURCE,
    ),
  ];
}

function noneText({ linux }: InsideCase, newer: string | undefined): string {
  const known = `Kernel ${linux.kernel} has no driver for this VF, and no release of i915-sriov-dkms builds for it.`;
  return newer === undefined ? known : `${known} A kernel from ${newer} on has one itself.`;
}

function cloudKernel({ linux }: InsideCase, kernel: string): readonly InsideStep[] {
  const { distribution } = linux.known ?? {};
  const missing = distribution?.cloudKernel(kernel);
  if (distribution === undefined || missing === undefined) return [];
  const commands = [...distribution.refresh, distribution.install(missing.packages)];
  return [{ id: 'kernel-modules', text: missing.text, commands, by: 'pveigpu', source: distribution.source }];
}

function stock(kernel: string, forced: boolean): readonly InsideStep[] {
  const text = forced ? 'drives this VF with its own xe, once it is told to' : 'drives this VF with its own xe';
  return [told('driver', `Kernel ${kernel} ${text}.`, XE_SOURCE)];
}

function dkms({ linux, sha256 }: InsideCase, kernel: string, release: DkmsRelease): readonly InsideStep[] {
  const url = sourceUrl(release);
  const why = `Kernel ${kernel} has no driver for this VF: it needs i915-sriov-dkms ${release.tag}. Host and guest may have different releases.`;
  const { distribution } = linux.known ?? {};
  if (distribution === undefined || !usesDpkg(linux.known) || !url.endsWith('.deb'))
    return [told('driver', `${why} Build it from ${url}`, DKMS_SOURCE)];
  const file = `${DOWNLOAD_FOLDER}/${url.slice(url.lastIndexOf('/') + 1)}`;
  const check =
    sha256 === undefined ? quick('sha256sum', file) : { ...quick('sha256sum', '--check', '-'), stdin: `${sha256}  ${file}\n` };
  const commands = [
    ...distribution.refresh,
    distribution.install([...distribution.headers(kernel), 'wget']),
    slow('wget', '-nv', '-O', file, url),
    check,
    distribution.install([file]),
  ];
  const accept =
    sha256 === undefined ? ' Compare its SHA-256 with one that you trust; with --sha256 HASH --apply does all of this.' : '';
  return [{ id: 'driver', text: `${why}${accept}`, commands, by: sha256 === undefined ? 'you' : 'pveigpu', source: DKMS_SOURCE }];
}

function usesDpkg(known: KnownDistribution | undefined): boolean {
  return known?.distribution.id === 'debian' || known?.distribution.id === 'ubuntu';
}

function options({ linux, slice }: InsideCase, driver: VfDriver): readonly InsideStep[] {
  const text = modprobeText(driver, slice.device);
  if (text === undefined) return [];
  const initramfs = linux.known?.distribution.initramfs;
  const write = writeFile(MODPROBE_FILE, text);
  const why =
    driver.kind === 'dkms'
      ? 'The GuC firmware schedules a VF, so i915 needs enable_guc=3 (and no max_vfs), and xe must leave the VF alone.'
      : 'xe takes this VF only when told to, and i915 must leave it alone.';
  return [
    {
      id: 'options',
      text: why,
      // The text as it stays is the sign that the initramfs has it: what ends before leaves the other one, and is done again.
      commands: initramfs === undefined ? [write] : [writeFile(MODPROBE_FILE, unfinishedText(text)), initramfs, write],
      by: 'pveigpu',
      ...(linux.modprobe === text ? { done: true as const } : {}),
      source: driver.kind === 'dkms' ? DKMS_SOURCE : XE_SOURCE,
    },
  ];
}
