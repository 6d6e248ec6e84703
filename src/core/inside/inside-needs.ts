// SPDX-License-Identifier: AGPL-3.0-or-later
import { nextConfig } from '../assign/guest-keys.ts';
import { code43List } from './code-43.ts';
import { driverSteps } from './driver-steps.ts';
import type { InsideCase, InsideSystem } from './inside-case.ts';
import type { InsideStep } from './inside-step.ts';
import { mediaSteps } from './media-steps.ts';
import { windowsDriverRange } from './windows-drivers.ts';

/** What each kind of system needs inside. */
const NEEDS: { readonly [S in InsideSystem]: (inside: InsideCase) => readonly InsideStep[] } = {
  linux: linuxNeeds,
  windows: windowsNeeds,
  other: () => [],
};

/** What a guest needs inside to use its slice, in order. */
export function insideNeeds(inside: InsideCase): readonly InsideStep[] {
  return NEEDS[inside.system](inside);
}

/** Only what `--apply` would do, in order. */
export function openSteps(steps: readonly InsideStep[]): readonly InsideStep[] {
  return steps.filter(({ by, done, commands }) => by === 'pveigpu' && done !== true && commands.length > 0);
}

function linuxNeeds(inside: InsideCase): readonly InsideStep[] {
  const { guest } = inside;
  const check: InsideStep = {
    id: 'verify',
    text: `pveigpu guest ${guest.vmid} --verify shows whether it works.`,
    commands: [],
    by: 'you',
  };
  if (guest.kind === 'lxc') {
    const host: InsideStep = {
      id: 'driver',
      text: "The host's driver and firmware serve the container: it needs neither, and no reboot.",
      commands: [],
      by: 'you',
    };
    return [host, ...mediaSteps(inside), check];
  }
  const steps = [...driverSteps(inside), ...mediaSteps(inside)];
  const reboot: InsideStep = {
    id: 'reboot',
    text: `Drivers, options and groups count after a restart of the guest: qm reboot ${guest.vmid}`,
    commands: [],
    by: 'you',
  };
  return [...steps, reboot, check];
}

function windowsNeeds({ guest, slice }: InsideCase): readonly InsideStep[] {
  const told = (id: string, text: string, more: Partial<InsideStep> = {}): InsideStep => ({
    id,
    text,
    commands: [],
    by: 'you',
    ...more,
  });
  const isSlice = slice.kind === 'vf' || slice.kind === 'mdev';
  return [
    told('driver', `Install Intel's graphics driver for Windows in it.${slice.kind === 'vf' ? ` ${windowsDriverRange()}` : ''}`, {
      source: 'i915-sriov-dkms docs/install-windows-guest.md',
    }),
    ...(isSlice ? [told('display', 'Use remote desktop: this slice has no picture of its own.')] : []),
    ...code43List(nextConfig(guest)).map(({ id, text, done }, at) =>
      told(`code-43-${id}`, `Against Code 43, ${at + 1}: ${text}`, {
        ...(done === true ? { done } : {}),
        source: 'strongtz/i915-sriov-dkms issues 225, 256, 313, 328, 429, 466',
      }),
    ),
    told('verify', `pveigpu guest ${guest.vmid} --verify shows its driver and whether Windows reports Code 43.`),
  ];
}
