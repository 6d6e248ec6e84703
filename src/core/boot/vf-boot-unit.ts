// SPDX-License-Identifier: AGPL-3.0-or-later
import { onlyWith } from './only-with.ts';

/** The name under which systemd knows the unit. */
export const VF_BOOT_UNIT_NAME = 'pveigpu-boot.service';

/** How long `pveigpu boot` may take in all, milliseconds. A GPU without a driver is given up far earlier. */
export const VF_BOOT_LIMIT_MS = 30_000;

/** What systemd allows on top, seconds: the start of node on a busy machine. */
const START_ALLOWANCE_SEC = 15;

/**
 * The unit that makes the VFs before any guest starts: `pve-guests` starts the ordinary ones, `pve-ha-lrm` those of the HA
 * manager. It only orders and is wanted by nobody's failure, so the boot goes on whatever it does. Without
 * `RemainAfterExit`, so that every `start` runs it again; `KillMode=process`, since a writer that hangs in the kernel
 * cannot be killed and systemd would wait for it.
 */
export function vfBootUnit(program: string): string {
  return `# Written by pveigpu; put changes into: systemctl edit ${VF_BOOT_UNIT_NAME}
[Unit]
Description=VFs of the GPU for guests (pveigpu)
ConditionPathExists=/var/lib/pveigpu/desired.json
${onlyWith(program)}
After=systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service
Before=pve-guests.service pve-ha-lrm.service
StartLimitIntervalSec=60
StartLimitBurst=20

[Service]
Type=oneshot
ExecStart=-${program} boot
TimeoutStartSec=${VF_BOOT_LIMIT_MS / 1000 + START_ALLOWANCE_SEC}
KillMode=process

[Install]
WantedBy=multi-user.target
`;
}
