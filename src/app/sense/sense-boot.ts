// SPDX-License-Identifier: AGPL-3.0-or-later
import { detectLoaders, LOADER_FILES, type LoaderTraces } from '../../core/boot/detect-loaders.ts';
import {
  EFI_GLOBAL,
  EFI_VARIABLES,
  type EfiOption,
  efiText,
  LOADER_INFO,
  parseBootCurrent,
  parseEfiOption,
} from '../../core/boot/efi-option.ts';
import { grubEntries } from '../../core/boot/grub-cfg.ts';
import { compareReleases } from '../../core/boot/release-order.ts';
import type { BootFacts, InstalledKernel } from '../../core/facts/boot-facts.ts';
import { known, type Reading, type Section } from '../../core/facts/section.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { listOptional, readOptional, unreadable } from './attribute.ts';

const UUIDS = '/etc/kernel/proxmox-boot-uuids';
const PIN = '/etc/kernel/proxmox-boot-pin';
const GRUB_CFG = '/boot/grub/grub.cfg';
const GRUB_PIN = '/etc/default/grub.d/proxmox-kernel-pin.cfg';
/** What may be an EFI system partition of its own; `/boot` always counts. */
const PARTITIONS = ['/boot/efi', '/efi'];

/** Loaders, kernels and pins, from files alone: no program is run, nothing is mounted. */
export async function senseBoot(host: Host): Promise<Section<BootFacts>> {
  const [efi, uuids, pin, grubPin, once, manual, kernels, freeBytes] = await Promise.all([
    host.list('/sys/firmware/efi'),
    readUuids(host),
    firstLine(host, PIN),
    readOptional(host, GRUB_PIN),
    firstLine(host, '/etc/kernel/next-boot-pin'),
    readOptional(host, '/etc/kernel/proxmox-boot-manual-kernels'),
    readKernels(host),
    readFreeBytes(host),
  ]);
  const uefi = efi.kind !== 'absent';
  const tool = uuids.state === 'known' && uuids.value.length > 0;
  const grubCfg = tool ? undefined : await readOptional(host, GRUB_CFG);
  const pinned = pin ?? /gnulinux-([^\s>'"]+?)-advanced-/.exec((grubPin ?? '').replace(/^.*>/, ''))?.[1];
  return known({
    firmware: uefi ? 'uefi' : 'bios',
    loaders: detectLoaders(await readTraces(host, uefi, tool)),
    espUuids: uuids,
    kernels,
    ...(pinned === undefined ? {} : { pinned }),
    ...(once === undefined ? {} : { pinnedOnce: once }),
    manual: linesOf(manual ?? ''),
    ...(grubCfg === undefined ? {} : { grubEntries: grubEntries(grubCfg) }),
    freeBytes,
  });
}

async function readTraces(host: Host, uefi: boolean, tool: boolean): Promise<LoaderTraces> {
  const [cmdline, info, current, options, present] = await Promise.all([
    readOptional(host, '/proc/cmdline'),
    host.readBytes(`${EFI_VARIABLES}/${LOADER_INFO}`),
    host.readBytes(`${EFI_VARIABLES}/BootCurrent-${EFI_GLOBAL}`),
    readOptions(host),
    Promise.all(LOADER_FILES.map((path) => host.stat(path))),
  ]);
  const bootCurrent = current.kind === 'content' ? parseBootCurrent(current.value) : undefined;
  return {
    uefi,
    tool,
    ...(cmdline === undefined ? {} : { cmdline }),
    ...(info.kind === 'content' ? { loaderInfo: visible(efiText(info.value)) } : {}),
    ...(bootCurrent === undefined ? {} : { bootCurrent }),
    options,
    files: LOADER_FILES.filter((_, index) => present[index]?.kind === 'content'),
  };
}

async function readOptions(host: Host): Promise<readonly EfiOption[]> {
  const names = await listOptional(host, EFI_VARIABLES);
  const found = names.flatMap((name) => {
    const number = /^Boot([0-9A-F]{4})-/.exec(name)?.[1];
    return number !== undefined && name.endsWith(EFI_GLOBAL) ? [{ name, number }] : [];
  });
  const options = await Promise.all(
    found.map(async ({ name, number }) => {
      const bytes = await host.readBytes(`${EFI_VARIABLES}/${name}`);
      const option = bytes.kind === 'content' ? parseEfiOption(number, bytes.value) : undefined;
      if (option === undefined) return [];
      const file = option.file === undefined ? {} : { file: visible(option.file) };
      return [{ number, name: visible(option.name), ...file }];
    }),
  );
  return options.flat();
}

async function readUuids(host: Host): Promise<Reading<readonly string[]>> {
  const read = await host.read(UUIDS);
  if (read.kind === 'absent') return { state: 'absent' };
  if (read.kind === 'unreadable') return unreadable(UUIDS, read.errno);
  return known(linesOf(read.value));
}

async function readKernels(host: Host): Promise<readonly InstalledKernel[]> {
  const names = await listOptional(host, '/boot');
  const releases = names.filter((name) => name.startsWith('vmlinuz-')).map((name) => name.slice('vmlinuz-'.length));
  const kernels = releases.sort(compareReleases).map(async (release) => {
    const headers = await host.stat(`/lib/modules/${release}/build`);
    return {
      release: visible(release),
      hasInitramfs: names.includes(`initrd.img-${release}`),
      hasHeaders: headers.kind === 'content' && headers.value.kind === 'directory',
    };
  });
  return await Promise.all(kernels);
}

async function readFreeBytes(host: Host): Promise<BootFacts['freeBytes']> {
  const mounted = await Promise.all(PARTITIONS.map((path) => host.list(`${path}/EFI`)));
  const paths = ['/boot', ...PARTITIONS.filter((_, index) => mounted[index]?.kind === 'content')];
  const free = await Promise.all(paths.map((path) => host.freeSpace(path)));
  return Object.fromEntries(
    paths.flatMap((path, index) => {
      const answer = free[index];
      return answer?.kind === 'content' ? [[path, answer.value] as const] : [];
    }),
  );
}

async function firstLine(host: Host, path: string): Promise<string | undefined> {
  return linesOf((await readOptional(host, path)) ?? '')[0];
}

/** Lines without comments and empty ones, as proxmox-kernel-helper reads its lists. */
function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const plain = visible(line.trim());
    return plain === '' || plain.startsWith('#') ? [] : [plain];
  });
}
