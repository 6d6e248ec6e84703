// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { visible } from '../../text/visible.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';

/** The package with Intel's microcode is not there, so the processor runs what the BIOS brought. */
export const NO_MICROCODE: FindingRule = {
  id: 'firmware.no-microcode-package',
  severity: 'advice',
  title: "Intel's microcode updates are not installed",
  reference: 'https://pve.proxmox.com/wiki/Firmware_Updates',
  examine: (ground) => {
    const platform = ifKnown(ground.facts.platform);
    const pve = ifKnown(ground.facts.pve);
    const wish = gpuWishes(ground).find(({ mode }) => mode !== 'host');
    if (platform === undefined || pve === undefined || wish === undefined) return FINE;
    if (ifKnown(platform.cpuVendor) !== 'GenuineIntel' || Object.keys(pve.packages).length === 0) return FINE;
    if (pve.packages['intel-microcode'] !== undefined) return FINE;
    const runs = ifKnown(platform.microcode);
    return {
      state: 'problem',
      because: 'The package intel-microcode is not installed, so the processor runs the microcode that the BIOS brought.',
      evidence: [
        { source: '/var/lib/dpkg/status', value: 'intel-microcode: not installed' },
        ...(runs === undefined ? [] : [{ source: '/proc/cpuinfo microcode', value: visible(runs, 40) }]),
      ],
      remedy: { text: 'Install it: apt install intel-microcode (component non-free-firmware of Debian), then reboot.' },
    };
  },
};
