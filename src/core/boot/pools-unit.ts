// SPDX-License-Identifier: AGPL-3.0-or-later
import { onlyWith } from './only-with.ts';
import { VF_BOOT_UNIT_NAME } from './vf-boot-unit.ts';

/** The name under which systemd knows the unit. */
export const POOLS_UNIT_NAME = 'pveigpu-pools.service';

/** How long one start waits for quorum, milliseconds. Without quorum no guest of this node starts either (PVE pve-manager Nodes.pm, startall). */
export const POOLS_QUORUM_MS = 30_000;

/**
 * The unit that makes the pools true again before guests start: IOMMU groups may be numbered anew at each boot. `/etc/pve` can be
 * written with quorum only, so a start waits a while for it, then lets the boot go on and is tried again later.
 */
export function poolsUnit(program: string): string {
  return `# Written by pveigpu; put changes into: systemctl edit ${POOLS_UNIT_NAME}
[Unit]
Description=Pools of slices for guests (pveigpu)
ConditionPathExists=/var/lib/pveigpu/desired.json
${onlyWith(program)}
After=pve-cluster.service ${VF_BOOT_UNIT_NAME}
Before=pve-guests.service pve-ha-lrm.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=${program} boot --pools
TimeoutStartSec=90
Restart=on-failure
RestartSec=60

[Install]
WantedBy=multi-user.target
`;
}
