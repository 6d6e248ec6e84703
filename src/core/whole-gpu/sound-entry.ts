// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestKeys, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { MAX_HOSTPCI } from '../guest/hostpci.ts';
import { ok, problem, type Result } from '../problem.ts';
import { audioFunction } from './audio-function.ts';

/** The key and value that give the GPU's sound function to a guest; none when it has it. `taken` is the GPU's own key. */
export function soundEntry(
  gpu: { readonly pci: PciFacts; readonly device: PciDevice; readonly entry: CatalogueEntry },
  guest: Guest,
  taken: string,
): Result<{ readonly [key: string]: string }> {
  const audio = audioFunction(gpu.pci, gpu.device, gpu.entry);
  if (!audio.ok) return audio;
  const { bdf } = audio.value;
  const names = Object.entries(nextConfig(guest)).some(
    ([key, value]) => /^hostpci\d+$/.test(key) && (value.includes(bdf) || value.includes(bdf.slice('0000:'.length))),
  );
  if (names) return ok({});
  const keys = new Set([...guestKeys(guest).map(({ key }) => key), taken]);
  const free = Array.from({ length: MAX_HOSTPCI }, (_, index) => `hostpci${index}`).find((key) => !keys.has(key));
  if (free === undefined) return problem('guest.config', 'There is no free hostpci entry for the sound function.');
  return ok({ [free]: bdf });
}
