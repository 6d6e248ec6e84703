// SPDX-License-Identifier: AGPL-3.0-or-later
import { OWN_HEADER } from '../setup/own-path.ts';

/**
 * Makes apt ask pveigpu after each dpkg run whether a new kernel keeps the GPUs' modes (ADR 19). The test of `/boot`'s time
 * keeps node from starting where no kernel came; a failure or 20 s without an answer never fail the run.
 */
export const DRIVER_APT_HOOK = {
  path: '/etc/apt/apt.conf.d/80pveigpu',
  text: `${OWN_HEADER}: it says here whether a new kernel keeps the GPUs' modes.
DPkg::Post-Invoke { "if [ -x /usr/bin/pveigpu ] && { [ ! -e /var/lib/pveigpu/kernel-notices.json ] || [ /boot -nt /var/lib/pveigpu/kernel-notices.json ]; }; then timeout -k 2 20 /usr/bin/pveigpu driver check --after-dpkg || true; fi"; };
`,
} as const;
