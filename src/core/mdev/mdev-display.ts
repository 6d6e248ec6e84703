// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { MdevType } from '../facts/pci-facts.ts';
import { argsItems } from '../guest/args-items.ts';
import { appendWords, parseArgs, printArgs } from '../guest/args-line.ts';
import type { Remark } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { displayWords } from './display-words.ts';
import { isWindows } from './mdev-remarks.ts';
import { type DisplayWish, parseResolution } from './mdev-wish.ts';

/** The `args` of a guest with what its mediated device needs there, absent when nothing, and what to say about it. */
export interface MdevDisplay {
  readonly args?: string;
  readonly remarks: readonly Remark[];
}

/** What is known where a picture is planned. */
export interface DisplayGround {
  readonly key: string;
  readonly type: MdevType;
  readonly display: DisplayWish;
  readonly hasRom: boolean;
  readonly qemuVersion?: string;
}

/** Plans the picture of a mediated device. The firmware, machine and virtual display of the guest stay as they are. */
export function mdevDisplay(guest: Guest, { key, type, display, hasRom, qemuVersion }: DisplayGround): Result<MdevDisplay> {
  const config = nextConfig(guest);
  const line = parseArgs(config.args ?? '');
  if (!line.ok) return line;
  const isOvmf = config.bios === 'ovmf';
  const vga = (config.vga ?? 'std').replace(/^type=/, '').split(',')[0] ?? 'std';
  const size = display.kind === 'ramfb' ? fittingSize(type, display.size) : ok(undefined);
  if (!size.ok) return size;
  if (display.kind === 'ramfb' && (vga === 'none' || vga.startsWith('serial')))
    return problem(
      'guest.config',
      `${guestName(guest)} has vga: ${vga}, so QEMU has no window in which a picture could be seen.`,
      {
        hint: `Give it one first (qm set ${guest.vmid} --vga std), or leave out --display.`,
      },
    );
  const words = displayWords({
    key,
    display,
    ...(size.value === undefined ? {} : { size: size.value }),
    ...(qemuVersion === undefined ? {} : { qemuVersion }),
    wantsOpregion: isOvmf || isWindows(guest),
    hasOpenGl: vga === 'virtio-gl' || argsItems(line.value).some((item) => item.kind === 'other' && item.option === '-display'),
  });
  const args = words.length === 0 ? undefined : printArgs(appendWords(line.value, words));
  return ok({
    ...(args === undefined ? {} : { args }),
    remarks: display.kind === 'ramfb' ? pictureRemarks(guest, isOvmf, hasRom) : [],
  });
}

/** The size asked for, or as large as the type's monitor allows (kernel drivers/gpu/drm/i915/gvt/vgpu.c, the EDID of each type). */
export function fittingSize(
  type: MdevType,
  wanted: { readonly width: number; readonly height: number } | undefined,
): Result<Size | undefined> {
  const most = parseResolution(type.resolution);
  if (wanted === undefined || most === undefined) return ok(wanted ?? most);
  if (wanted.width <= most.width && wanted.height <= most.height) return ok(wanted);
  return problem('usage', `${type.id} shows at most ${type.resolution}, so ${wanted.width}x${wanted.height} is too large.`, {
    hint: 'Choose a larger type with --type, or a smaller size.',
  });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function pictureRemarks(guest: Guest, isOvmf: boolean, hasRom: boolean): readonly Remark[] {
  const remarks: Remark[] = [
    {
      level: 'note',
      id: 'mdev.second-console',
      // QEMU ui/vnc.c, do_key_event: the keys 1 to 9 choose a console, in the order in which the devices were made.
      text: `${guestName(guest)} has two screens then, its virtual display and that of the mediated device: Ctrl+Alt+1 and Ctrl+Alt+2 in its console switch between them.`,
    },
    {
      level: 'note',
      id: 'mdev.opengl',
      text: 'QEMU draws that picture with OpenGL on the host, which needs the packages libgl1 and libegl1 there.',
    },
  ];
  if (isOvmf && !hasRom)
    remarks.push({
      level: 'warning',
      id: 'mdev.ovmf-picture',
      text: 'OVMF has no driver for a mediated device: its own screens are seen by ramfb, but the picture may stay black from the boot loader until the driver of the guest runs.',
      hint: 'SeaBIOS has no such gap; for OVMF guests an option ROM such as vbios_gvt_uefi.rom is in use (--rom).',
    });
  return remarks;
}
