// SPDX-License-Identifier: AGPL-3.0-or-later
import type { LoaderFacts, LoaderKind } from '../facts/boot-facts.ts';
import type { Evidence } from '../gpu/verdict.ts';
import { parseCmdline } from './cmdline.ts';
import type { EfiOption } from './efi-option.ts';

/** What the files of a machine tell of its loaders, before any conclusion. */
export interface LoaderTraces {
  readonly uefi: boolean;
  /** Of the running kernel; undefined when it cannot be read. */
  readonly cmdline?: string;
  /** The variable `LoaderInfo`, for example `systemd-boot 257.7-1`. */
  readonly loaderInfo?: string;
  readonly options: readonly EfiOption[];
  /** The number of the option that this boot came from. */
  readonly bootCurrent?: string;
  /** Whether `/etc/kernel/proxmox-boot-uuids` names a partition. */
  readonly tool: boolean;
  /** Those of {@link LOADER_FILES} that are there. */
  readonly files: readonly string[];
}

const ESP_MOUNTS = ['/boot/efi', '/efi', '/boot'] as const;
const GRUB_CONFIG = '/boot/grub/grub.cfg';
const GRUB_DEFAULTS = '/etc/default/grub';
/** Where systemd-boot's tools take the command line from. */
export const KERNEL_CMDLINE = '/etc/kernel/cmdline';

const GRUB_PROGRAM = /[\\/](grubx64|shimx64|grubia32)\.efi$/i;
const SYSTEMD_PROGRAM = /[\\/]systemd-boot(x64|ia32)?\.efi$/i;

/** The files whose presence tells of a loader. */
export const LOADER_FILES: readonly string[] = [
  GRUB_CONFIG,
  GRUB_DEFAULTS,
  KERNEL_CMDLINE,
  ...ESP_MOUNTS.flatMap((mount) => [
    `${mount}/loader/loader.conf`,
    `${mount}/EFI/systemd/systemd-bootx64.efi`,
    `${mount}/EFI/proxmox/grubx64.efi`,
    `${mount}/EFI/debian/grubx64.efi`,
  ]),
];

/**
 * The loaders that could start this machine, the active one first. Rests on what zz-proxmox-boot of proxmox-kernel-helper does:
 * without EFI it is GRUB; with EFI each partition has either GRUB (`EFI/proxmox/grubx64.efi`) or systemd-boot. Partitions that are
 * not mounted are not looked into, so what the firmware and the running kernel tell counts.
 */
export function detectLoaders(traces: LoaderTraces): readonly LoaderFacts[] {
  const running = runningLoader(traces);
  const found = (['grub', 'systemd-boot'] as const).flatMap((kind) => {
    const because = [...(running?.kind === kind ? running.because : []), ...signsOf(kind, traces)];
    if (because.length === 0) return [];
    const active = running === undefined ? ('unknown' as const) : running.kind === kind;
    return [{ kind, tool: traces.tool, active, because }];
  });
  // A single loader needs no witness: nothing else could have started this boot.
  const [only] = found;
  if (found.length === 1 && only?.active === 'unknown') return [{ ...only, active: true }];
  return [...found].sort((a, b) => Number(b.active === true) - Number(a.active === true));
}

/** Who started the running kernel, by the strongest witness: its command line, then the loader itself, then the firmware. */
function runningLoader(traces: LoaderTraces): { readonly kind: LoaderKind; readonly because: readonly Evidence[] } | undefined {
  const witnesses: readonly (readonly [Evidence, LoaderKind | undefined])[] = [
    ...commandLineWitness(traces),
    [{ source: 'EFI variable LoaderInfo', value: traces.loaderInfo ?? '' }, ofLoaderInfo(traces.loaderInfo ?? '')],
    ...traces.options
      .filter(({ number }) => number === traces.bootCurrent)
      .map(({ number, file = '' }) => [{ source: `EFI boot option Boot${number}`, value: file }, ofProgram(file)] as const),
  ];
  const kind = witnesses.find(([, said]) => said !== undefined)?.[1];
  if (kind === undefined) return undefined;
  return { kind, because: witnesses.filter(([, said]) => said === kind).map(([evidence]) => evidence) };
}

/** GRUB passes the kernel's path as BOOT_IMAGE; systemd-boot passes the initrd with backslashes. */
function commandLineWitness({ cmdline }: LoaderTraces): readonly (readonly [Evidence, LoaderKind])[] {
  const { parameters } = parseCmdline(cmdline ?? '');
  const image = parameters.find(({ name }) => name === 'BOOT_IMAGE');
  if (image !== undefined) return [[{ source: '/proc/cmdline', value: `BOOT_IMAGE=${image.value ?? ''}` }, 'grub']];
  const initrd = parameters.find(({ name, value }) => name === 'initrd' && value?.startsWith('\\') === true);
  return initrd === undefined ? [] : [[{ source: '/proc/cmdline', value: `initrd=${initrd.value}` }, 'systemd-boot']];
}

function ofLoaderInfo(info: string): LoaderKind | undefined {
  if (info.startsWith('systemd-boot')) return 'systemd-boot';
  return /^grub/i.test(info) ? 'grub' : undefined;
}

function ofProgram(file: string): LoaderKind | undefined {
  if (SYSTEMD_PROGRAM.test(file)) return 'systemd-boot';
  return GRUB_PROGRAM.test(file) ? 'grub' : undefined;
}

/** What tells that a loader is installed, whether or not it started this boot. */
function signsOf(kind: LoaderKind, traces: LoaderTraces): readonly Evidence[] {
  const options = traces.options
    .filter(({ file }) => ofProgram(file ?? '') === kind)
    .map(({ number, file = '' }) => ({ source: `EFI boot option Boot${number}`, value: file }));
  const present = (paths: readonly string[]) =>
    traces.files.filter((path) => paths.includes(path)).map((path) => ({ source: path, value: 'is there' }));
  if (kind === 'grub') {
    const grub = [GRUB_CONFIG, ...LOADER_FILES.filter((path) => GRUB_PROGRAM.test(path))];
    // Proxmox's installer leaves /etc/default/grub on every node; with the tool, GRUB is there where no EFI is, or where it is seen.
    if (!traces.tool) return [...present([...grub, GRUB_DEFAULTS]), ...options];
    if (!traces.uefi) return [{ source: '/sys/firmware/efi', value: 'is not there, so proxmox-boot-tool installs GRUB' }];
    return [...present(grub.slice(1)), ...options];
  }
  if (!traces.uefi) return [];
  const installed = present(LOADER_FILES.filter((path) => path.endsWith('loader.conf') || SYSTEMD_PROGRAM.test(path)));
  // Partitions of the tool are not mounted and the firmware forgets options, so a command line kept for it counts, unless the
  // firmware names GRUB's programs and none of systemd-boot's.
  const hidden = traces.tool && (options.length > 0 || !traces.options.some(({ file }) => ofProgram(file ?? '') === 'grub'));
  return [...installed, ...options, ...(hidden ? present([KERNEL_CMDLINE]) : [])];
}
