// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { visible } from '../text/visible.ts';
import { reason } from './gpu-case.ts';
import type { Reason } from './verdict.ts';

// Intel's suffixes: F, KF (no graphics), X and XE (Core X). HX and the like carry a letter before and have graphics.
const SUFFIX = /\b(?:i[3579]-|(?:Core\(TM\) )?(?:Ultra )?[3579] )\d{3,5}(F|KF|KS?F|X|XE)\b/;
// Core i7 of the X79 and X99 sockets (38xx to 69xx), Xeon E5 and E7, Scalable, W and D: no graphics on the die.
const FAMILIES = [
  /\bi7-(?:(?:58|59|68|69)\d\dK?|3820|3930K|4820K|4930K)\b/,
  /\bXeon\(R\).*\b(E5|E7|Bronze|Silver|Gold|Platinum|D-\d{4}|[wW][3579]?-[23]\d{3})/,
];
// Xeon E3-12x5 and the like, E-2xxxG and E-2xxxM have graphics, the others of these families have none.
const XEON_E = /\bXeon\(R\).*\bE(?:3-1\d{2}[01]|-2\d{3}(?!\w*[GM]))/;

/** Says why the processor's own GPU is not there, from the processor's model name. */
export function missingGpu(facts: HostFacts): Reason {
  const cpu = ifKnown(facts.platform)?.cpuModel;
  const model = cpu?.state === 'known' ? visible(cpu.value, 80) : undefined;
  const slot = { source: '/sys/bus/pci/devices/0000:00:02.0', value: 'absent' };
  if (model === undefined) return reason('gpu.none', 'No Intel GPU is there, and the processor model is not known.', slot);
  const name = { source: '/proc/cpuinfo model name', value: model };
  if (!/Intel/i.test(model))
    return reason('gpu.none', `No Intel GPU is there; the processor is not Intel's (${model}).`, slot, name);
  if (/QEMU|KVM|Virtual/i.test(model))
    return reason('gpu.none', `No Intel GPU is there; this looks like a guest (${model}).`, slot, name);
  if (SUFFIX.test(model) || XEON_E.test(model) || FAMILIES.some((family) => family.test(model)))
    return reason('cpu.no-gpu', `The processor has no GPU (${model}).`, slot, name);
  const text = `The processor's GPU does not show (${model}): it is switched off in the firmware set-up, or the model has none.`;
  return reason('gpu.off-in-firmware', text, slot, name);
}

/** What to do when the firmware hides the GPU. */
export const SHOW_GPU =
  'Switch on Internal Graphics (iGPU, IGD Multi-Monitor) in the firmware set-up; with another card plugged in, "Auto" switches it off.';
