// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../problem.ts';
import type { Wanted, WantedOption } from '../wanted.ts';

/**
 * What a mode wants of the host, as words of the kernel command line: options as `module.name=value`, modules to load as
 * `modules_load=` (systemd modules-load.d(5)), and for the whole GPU the id for vfio-pci. Fails where the words would take another card too.
 */
export function trialWords(
  wanted: Wanted,
  displays: readonly { readonly bdf: string; readonly vendor: string; readonly device: string; readonly driver: string | null }[],
): Result<readonly string[]> {
  const words = optionWords(wanted.options);
  const load = wanted.load.map(({ module }) => module);
  const given = wanted.overrides;
  if (given.length > 0) {
    const taken = new Set(given.map(({ bdf }): string => bdf));
    const ids = [...new Set(given.map(({ device }) => `8086:${device}`))];
    const modules = [...new Set(given.flatMap((one) => one.modules))].filter((module) => module !== 'vfio-pci');
    const other = displays.find(
      ({ bdf, vendor, device, driver }) =>
        !taken.has(bdf) && (ids.includes(`${vendor}:${device}`) || (driver !== null && modules.includes(driver))),
    );
    if (other !== undefined)
      return problem('host.unsupported', `A trial goes by id and driver, and would take ${other.bdf} too.`, {
        hint: 'Apply without --trial: that goes by address.',
      });
    words.push(`vfio-pci.ids=${ids.join(',')}`, `module_blacklist=${modules.join(',')}`);
  }
  if (load.length > 0) words.push(`modules_load=${load.join(',')}`);
  return ok([...words, ...wanted.parameters.map(({ word }) => word)]);
}

/** One word for each option; the elements of a list are joined. */
function optionWords(options: readonly WantedOption[]): string[] {
  const values = new Map<string, string[]>();
  for (const { module, name, value } of options) {
    const key = `${module}.${name}`;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return [...values].map(([key, all]) => `${key}=${all.join(',')}`);
}
