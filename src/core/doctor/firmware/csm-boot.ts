// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';

/** A legacy boot (CSM), where UEFI would make more of the GPU: windows above 4 GiB, and the firmware's GOP instead of a VBIOS. */
export const CSM_BOOT: FindingRule = {
  id: 'firmware.csm-boot',
  severity: 'advice',
  title: 'The node boots in legacy mode (CSM)',
  reference: 'https://github.com/LongQT-sea/intel-igpu-passthru#requirements',
  examine: (ground) => {
    const platform = ifKnown(ground.facts.platform);
    if (platform === undefined || platform.efi) return FINE;
    const wish = gpuWishes(ground).find(({ mode, entry }) => mode === 'sriov' || (mode === 'gvt-d' && entry.gvtd === 'uefi'));
    if (wish === undefined) return FINE;
    return {
      state: 'problem',
      subject: wish.device.bdf,
      because:
        'The firmware started this node in legacy mode (CSM), in which many boards place no windows above 4 GiB and set up the GPU by an old VBIOS.',
      evidence: [{ source: '/sys/firmware/efi', value: 'absent' }, wish.sign],
      remedy: {
        text: 'If something of the GPU does not work, boot with UEFI and CSM off. The loader must be installed for UEFI first: https://pve.proxmox.com/wiki/Host_Bootloader.',
      },
    };
  },
};
