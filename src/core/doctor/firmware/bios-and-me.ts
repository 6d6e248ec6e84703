// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { visible } from '../../text/visible.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';
import { ageMonths, ageText } from './age.ts';

/** From this age on an update is worth a look. Intel and board makers publish several a year; no age proves anything. */
const OLD_MONTHS = 24;

/**
 * A BIOS that is years old on a node whose GPU serves guests: SR-IOV on a Raptor Lake-S began to work after BIOS and ME were updated
 * together, with nothing else changed. The ME has no date of its own to read, so both are judged by that of the BIOS.
 */
export const OLD_BIOS_AND_ME: FindingRule = {
  id: 'firmware.bios-and-me-old',
  severity: 'advice',
  title: 'BIOS and ME firmware are years old',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/339',
  examine: (ground) => {
    const platform = ifKnown(ground.facts.platform);
    const date = platform === undefined ? undefined : ifKnown(platform.biosDate);
    const months = date === undefined ? undefined : ageMonths(date, ground.today);
    const wish = gpuWishes(ground).find(({ mode }) => mode !== 'host');
    if (platform === undefined || date === undefined || months === undefined || months < OLD_MONTHS || wish === undefined)
      return FINE;
    const bios = ifKnown(platform.biosVersion);
    const me = ifKnown(platform.meVersion);
    const also: Evidence[] = [
      ...(bios === undefined ? [] : [{ source: '/sys/class/dmi/id/bios_version', value: visible(bios, 80) }]),
      ...(me === undefined ? [] : [{ source: '/sys/class/mei/mei0/fw_ver', value: visible(me, 80) }]),
    ];
    return {
      state: 'problem',
      because: `The BIOS is ${ageText(months)} old, and the ME firmware${me === undefined ? '' : ` (${visible(me, 40)})`} usually dates from the same time.`,
      evidence: [{ source: '/sys/class/dmi/id/bios_date', value: visible(date, 40) }, ...also],
      remedy: {
        text: "If something of the GPU does not work, update BIOS and ME together from the board maker's page; the tool for the ME often needs Windows (a WinPE stick). Then look whether /sys/class/mei/mei0/fw_ver has changed.",
      },
    };
  },
};
