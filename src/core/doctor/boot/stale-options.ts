// SPDX-License-Identifier: AGPL-3.0-or-later
import { moduleParameters, parseCmdline } from '../../boot/cmdline.ts';
import { ifKnown } from '../../facts/section.ts';
import { moduleState } from '../../gpu/gpu-case.ts';
import { optionsFor, parseModprobeConfig } from '../../modules/modprobe-config.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Trouble } from '../finding.ts';

const MODULES = ['i915', 'xe', 'kvmgt'];

/** Options in modprobe.d that the loaded module does not have: it came from an initramfs, or a boot, from before they were written. */
export const STALE_OPTIONS: FindingRule = {
  id: 'boot.module-options-stale',
  severity: 'warning',
  title: 'Options of a graphics driver are written down and not in effect',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#_kernel_modules',
  follows: ['boot.reboot-pending', 'boot.param-not-booted'],
  examine: ({ facts }) => {
    const directives = parseModprobeConfig((ifKnown(facts.modules)?.configLines ?? []).map(({ text }) => text).join('\n'));
    const cmdline = parseCmdline(ifKnown(facts.kernel)?.cmdline ?? '');
    return MODULES.flatMap((module): readonly Trouble[] => {
      const state = moduleState(facts, module);
      if (state?.loaded !== true) return [];
      const onCmdline = moduleParameters(cmdline, module);
      const wrong = Object.entries(optionsFor(directives, module)).flatMap(([name, value]) => {
        const has = state.parameters[name];
        const wanted = value ?? '1';
        return has === undefined || Object.hasOwn(onCmdline, name) || isSame(wanted, has) ? [] : [{ name, wanted, has }];
      });
      const [first] = wrong;
      if (first === undefined) return [];
      const list = wrong.map(({ name, wanted }) => `${name}=${visible(wanted, 40)}`).join(' ');
      return [
        {
          state: 'problem',
          subject: module,
          because: `modprobe.d gives ${module} ${list}, but the loaded ${module} has other values: it was loaded with older settings.`,
          evidence: [
            { source: `/sys/module/${module}/parameters/${first.name}`, value: visible(first.has, 80) || 'empty' },
            { source: 'modprobe.d', value: `options ${module} ${list}` },
          ],
          remedy: { text: 'Rebuild the initramfs (update-initramfs -u -k all) and reboot.' },
        },
      ];
    });
  },
};

/** As the kernel shows them: `Y` and `N` for switches, numbers without prefix (kernel/params.c). */
function isSame(wanted: string, has: string): boolean {
  if (wanted === has) return true;
  if (has === 'Y') return /^(1|y(es)?|on|true)$/i.test(wanted);
  if (has === 'N') return /^(0|n(o)?|off|false)$/i.test(wanted);
  const numbers = [Number(wanted), Number(has)];
  // A number that does not fit is clamped or written otherwise; only two plain numbers can be told apart.
  return numbers.every((one) => Number.isInteger(one)) ? numbers[0] === numbers[1] : !Number.isNaN(numbers[1]);
}
