// SPDX-License-Identifier: AGPL-3.0-or-later
import { pveFile, strongtz, type TextRule } from '../text-rule.ts';

/** Containers with /dev/dri, and programs that use the GPU. */
export const CONTAINER_TEXTS: readonly TextRule[] = [
  {
    id: 'container.device-gone',
    pattern: /Device (\/dev\/\S+) does not exist/,
    weight: 'cause',
    text: 'The container names $1, which is not there: the numbers of the nodes changed, or the GPU belongs to a VM.',
    hint: 'pveigpu assign CTID puts the right node in.',
    finding: 'container.node-gone',
    source: pveFile('pve-container', 'src/PVE/LXC.pm'),
  },
  {
    id: 'container.mount-gone',
    pattern: /(?:Failed to mount|mount_entry).*\/dev\/dri\/(\w+)/,
    weight: 'cause',
    text: 'The container mounts /dev/dri/$1, which is not there.',
    hint: 'pveigpu assign CTID replaces such lines with an entry that Proxmox VE knows.',
    finding: 'container.mount-gone',
    source: pveFile('pve-container', 'src/PVE/LXC.pm'),
  },
  {
    id: 'container.permission',
    pattern:
      /\/dev\/dri\/(\w+)'?:? ?(?:cannot open|.*failed)?.*Permission denied|Failed to open .*\/dev\/dri\/(\w+).*Permission denied/i,
    weight: 'cause',
    text: 'The program may not open the node of the GPU: its group inside has another number than the node was given for.',
    hint: 'pveigpu assign CTID looks up the group inside; the user of the program has to be in it (usermod -aG render USER).',
    finding: 'container.group',
    source: 'https://github.com/community-scripts/ProxmoxVE/issues/7886',
  },
  {
    id: 'container.no-va',
    pattern: /No VA display found for device|vaInitialize failed|libva error: /,
    weight: 'cause',
    text: 'The program could not use the GPU for video: no driver of VA-API, no rights, or a node that is not the GPU.',
    hint: 'Inside: vainfo --display drm --device /dev/dri/renderD128. pveigpu guest VMID --verify looks at all of it.',
    source: 'https://trac.ffmpeg.org/wiki/Hardware/VAAPI',
  },
  {
    id: 'tools.no-engines',
    pattern: /Failed to detect engines!|PMU not supported for this GPU/,
    weight: 'harmless',
    text: 'intel_gpu_top found no counters: it looked at a VF, or at a GPU with VFs, without being told which.',
    hint: 'intel_gpu_top -d sriov, or -d sys:/sys/devices/pci0000:00/0000:00:02.0. VFs have no counters with i915.',
    source: strongtz(326),
  },
];
