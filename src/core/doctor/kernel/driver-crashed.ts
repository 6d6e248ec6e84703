// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { FINE, type FindingRule } from '../finding.ts';

const CRASH =
  /kernel BUG at|\bOops:|general protection fault|NULL pointer dereference|unable to handle page fault|use-after-free/;
/** A frame of the trace that lies in a module which serves GPUs to guests. */
const IN_MODULE = /\[(i915|xe|kvmgt|vfio|vfio_pci|vfio_pci_core|xe_vfio_pci|mdev)\]/;
/** Lines of a trace, more than any has of those that are kept. */
const TRACE_LINES = 40;

/** The kernel crashed in a driver that serves the GPU; what it held stays locked until a reboot. */
export const DRIVER_CRASHED: FindingRule = {
  id: 'kernel.driver-crashed',
  severity: 'error',
  title: 'The kernel crashed in a driver of the GPU',
  reference: 'https://docs.kernel.org/admin-guide/bug-hunting.html',
  follows: ['kernel.known-bad'],
  examine: ({ facts }) => {
    const lines = ifKnown(facts.logs)?.lines ?? [];
    for (const [at, line] of lines.entries()) {
      const frame = CRASH.test(line) ? lines.slice(at, at + TRACE_LINES).find((one) => IN_MODULE.test(one)) : undefined;
      if (frame === undefined) continue;
      const module = IN_MODULE.exec(frame)?.[1] ?? '';
      return {
        state: 'problem',
        because: `The kernel crashed in ${module}, and what that held stays locked: writes to the GPU and starts of guests can hang.`,
        evidence: [
          { source: 'kernel log', value: line.trim() },
          { source: 'kernel log', value: frame.trim() },
        ],
        remedy: {
          text: 'Reboot the node. If it comes back, boot another kernel (pveigpu kernel list) and report the lines to whoever made the driver.',
        },
      };
    }
    return FINE;
  },
};
