// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { modeOf } from '../../gpu/select-gpu.ts';
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import { defaultRelease, installedKernels } from '../../kernels/boot-kernels.ts';
import { judgeForKernel } from '../../kernels/judge-for-kernel.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule, type Outcome } from '../finding.ts';
import { leadingWishes } from '../leading-wishes.ts';

/** What works now would not work under the kernel that the next boot starts. */
export const NEXT_KERNEL_LOSES_MODE: FindingRule = {
  id: 'kernel.next-loses-mode',
  severity: 'warning',
  title: 'The kernel of the next boot does not give what works now',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/403',
  follows: ['kernel.headers-missing', 'kernel.pin-missing', 'driver.build-failed', 'driver.half-configured'],
  examine: (ground) => {
    const next = nextRelease(ground);
    const running = ifKnown(ground.facts.kernel)?.release;
    if (next === undefined || running === undefined || next === running) return FINE;
    const then = judgeForKernel(ground.facts, next);
    return leadingWishes(ground).flatMap(({ mode, device, sign }): readonly Outcome[] => {
      const now = ground.verdict.gpus.find(({ bdf }) => bdf === device.bdf);
      const later = then.gpus.find(({ bdf }) => bdf === device.bdf);
      if (mode === 'host' || now === undefined || later === undefined) return [];
      const judged = modeOf(later, mode);
      if (modeOf(now, mode).readiness !== 'now' || judged.readiness === 'now' || judged.answer === 'unknown') return [];
      const need = judged.needs[0] ?? judged.reasons[0]?.text ?? 'No driver of it does that.';
      return [
        {
          state: 'problem',
          subject: device.bdf,
          because: `The next boot starts kernel ${next}, under which ${mode} of ${device.bdf} does not work as it does under ${running}.`,
          evidence: [{ source: `what ${next} needs`, value: visible(need, 200) }, sign],
          remedy: {
            text: `Pin the kernel that works until the driver is there for the other one. What it needs: ${need}`,
            fix: { kind: 'kernel-pin', release: running },
          },
        },
      ];
    });
  },
};

/** DKMS shall build the driver for a kernel whose headers are not there. */
export const HEADERS_MISSING: FindingRule = {
  id: 'kernel.headers-missing',
  severity: 'error',
  title: 'The headers of a kernel are missing, so no driver can be built for it',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/248',
  follows: ['kernel.pin-missing'],
  examine: (ground) => {
    const { facts } = ground;
    const running = ifKnown(facts.kernel)?.release;
    const dkms = (ifKnown(facts.modules)?.dkms ?? []).filter(({ name }) => name === DKMS_PACKAGE);
    if (dkms.length === 0 || !leadingWishes(ground).some(({ mode }) => mode === 'sriov')) return FINE;
    const wanted = new Set([running, nextRelease(ground)]);
    return installedKernels(facts)
      .filter(
        ({ release, hasHeaders }) => wanted.has(release) && !hasHeaders && !dkms.some(({ kernels }) => kernels.includes(release)),
      )
      .map(
        ({ release }): Outcome => ({
          state: 'problem',
          subject: release,
          because: `${DKMS_PACKAGE} is installed and cannot be built for kernel ${release}, which ${release === running ? 'runs' : 'the next boot starts'}: its headers are missing.`,
          evidence: [
            { source: `/lib/modules/${release}/build`, value: 'absent' },
            { source: `/var/lib/dkms/${DKMS_PACKAGE}`, value: dkms.map(({ version }) => version).join(' ') },
          ],
          remedy: { text: `Install proxmox-headers-${release} and build the driver for it.`, fix: { kind: 'driver-install' } },
        }),
      );
  },
};

/** The kernel that the next boot starts, as far as no set-up or trial is under way that decides it. */
export function nextRelease({ facts, pending }: DoctorCase): string | undefined {
  if (pending !== null) return undefined;
  return ifKnown(facts.boot)?.pinnedOnce ?? defaultRelease(facts);
}
