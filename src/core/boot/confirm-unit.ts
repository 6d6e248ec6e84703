// SPDX-License-Identifier: AGPL-3.0-or-later
import { onlyWith } from './only-with.ts';

/** The name under which systemd knows the unit. */
export const CONFIRM_UNIT_NAME = 'pveigpu-confirm.service';

/** How long a node may take to become healthy after its boot, milliseconds. */
export const CONFIRM_LIMIT_MS = 5 * 60_000;

/**
 * The unit that looks at the node after the reboot of a set-up: confirms it when it is healthy, takes the set-up back when it is not.
 * Nothing waits for it, and it does not wait for pve-guests: that waits for quorum without limit (PVE pve-manager Nodes.pm, startall), so a
 * cluster node that lost its network would never be looked at.
 */
export function confirmUnit(program: string): string {
  return `# Written by pveigpu; put changes into: systemctl edit ${CONFIRM_UNIT_NAME}
[Unit]
Description=Confirm the set-up of the GPU after a healthy boot (pveigpu)
ConditionPathExists=/var/lib/pveigpu/pending.json
${onlyWith(program)}
After=pveproxy.service pvedaemon.service pve-cluster.service network-online.target

[Service]
Type=exec
ExecStart=${program} confirm --auto
KillMode=process

[Install]
WantedBy=multi-user.target
`;
}
