// SPDX-License-Identifier: AGPL-3.0-or-later
import { deviceOf } from '../app/rom-dump.ts';
import { parseBdf } from '../core/pci/address.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { RomChange } from '../core/rom/fix-rom.ts';
import { EFI_CODE, LEGACY_CODE, type OptionRomImage } from '../core/rom/rom-image.ts';
import type { Call } from './command.ts';

/** What the options want of each image; undefined where none of them names an id or a class. */
export async function wantedFields(call: Call): Promise<Result<Omit<RomChange, 'offset'> | undefined>> {
  const { options } = call;
  const read = [
    hexOption(options.vendor, 'vendor id', 4),
    hexOption(options.device, 'device id', 4),
    hexOption(options.class, 'class', 6),
  ];
  const [vendor, device, classCode] = read;
  for (const one of read) if (one?.ok === false) return one;
  const named = {
    ...(vendor?.ok === true ? { vendor: vendor.value } : {}),
    ...(device?.ok === true ? { device: device.value } : {}),
    ...(classCode?.ok === true ? { class: classCode.value } : {}),
  };
  if (typeof options.for !== 'string') return ok(Object.keys(named).length === 0 ? undefined : named);
  const bdf = parseBdf(options.for);
  if (!bdf.ok) return bdf;
  const present = await deviceOf(await call.context(), bdf.value);
  if (!present.ok) return present;
  return ok({ vendor: present.value.vendor, device: present.value.device, ...named });
}

/**
 * The images that may be changed: legacy ones, with `--efi` those for UEFI too, `--image N` only the N-th of the file. UEFI firmware looks at no
 * id, so without reason these are left alone.
 */
export function chosenImages({ options }: Call, images: readonly OptionRomImage[]): Result<readonly OptionRomImage[]> {
  const types = options.efi === true ? [LEGACY_CODE, EFI_CODE] : [LEGACY_CODE];
  const fits = ({ codeType, signature }: OptionRomImage) => signature === '55aa' && types.includes(codeType);
  if (typeof options.image !== 'string') return ok(images.filter(fits));
  const image = /^[1-9]\d?$/.test(options.image) ? images[Number(options.image) - 1] : undefined;
  if (image === undefined)
    return problem('usage', `There is no image ${options.image}.`, { hint: `The ROM has ${images.length}.` });
  return fits(image)
    ? ok([image])
    : problem('usage', `Image ${options.image} is no legacy image.`, { hint: 'Give --efi as well for one with code type 3.' });
}

function hexOption(value: string | boolean | undefined, what: string, digits: number): Result<string> | undefined {
  if (typeof value !== 'string') return undefined;
  const [, text] = /^(?:0x)?([0-9a-f]+)$/i.exec(value) ?? [];
  return text !== undefined && text.length <= digits
    ? ok(text.toLowerCase().padStart(digits, '0'))
    : problem('usage', `"${value}" is no ${what}.`, { hint: `Give ${digits} hexadecimal digits.` });
}
