// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { moduleState } from '../gpu/gpu-case.ts';
import { parseModprobeConfig } from '../modules/modprobe-config.ts';
import { deviceAt } from '../vf/vf.ts';
import { fits, probeWords } from './given.ts';
import type { Wanted } from './wanted.ts';

/** Our module options and hand-overs as they stand in our file, or shall stand there. */
export interface BootSettings {
  /** `module.name=value`, lists word by word. */
  readonly options: readonly { readonly module: string; readonly name: string; readonly value: string }[];
  /** Addresses of devices that go to VFIO at boot. */
  readonly overrides: readonly string[];
}

/** Reads our file of modprobe.d back. */
export function settingsOf(text: string): BootSettings {
  const directives = parseModprobeConfig(text);
  const options = directives.flatMap(({ keyword, module, rest }) => {
    const [name = '', value = ''] = keyword === 'options' ? rest.split(/=(.*)/s) : [];
    if (name === '' || module === 'vfio_pci') return [];
    const values = name === 'force_probe' ? probeWords(value) : [value];
    return values.map((one) => ({ module, name, value: one }));
  });
  const overrides = directives.flatMap(({ keyword, rest }) =>
    keyword === 'install'
      ? [...rest.matchAll(/> \/sys\/bus\/pci\/devices\/(\S+)\/driver_override;/g)].map(([, bdf = '']) => bdf)
      : [],
  );
  return { options, overrides: [...new Set(overrides)] };
}

/**
 * Why the running kernel is not yet as it would be after a boot with the wanted settings, a phrase for each; empty when
 * nothing speaks for a reboot. `before` is what our file says now: what is taken out of it still holds where it was booted with.
 */
export function rebootReasons(facts: HostFacts, before: BootSettings, wanted: Wanted): readonly string[] {
  const modules = new Set<string>();
  const parameter = (module: string, name: string) => moduleState(facts, module)?.parameters[name];
  const isStill = (one: BootSettings['options'][number]) =>
    wanted.options.some((other) => other.module === one.module && other.name === one.name && other.value === one.value);
  for (const option of wanted.options) {
    const now = parameter(option.module, option.name);
    if (now === undefined || !fits(option, now)) modules.add(option.module);
  }
  for (const old of before.options) {
    const now = parameter(old.module, old.name);
    const rule = old.name === 'force_probe' ? 'word' : 'equal';
    if (!isStill(old) && now !== undefined && fits({ fits: rule, value: old.value }, now)) modules.add(old.module);
  }
  const pci = ifKnown(facts.pci);
  const driverOf = (bdf: string) => (pci === undefined ? undefined : deviceAt(pci, bdf)?.driver);
  const moved = [
    ...wanted.overrides.map(({ bdf }) => bdf).filter((bdf) => driverOf(bdf) !== 'vfio-pci'),
    ...before.overrides.filter((bdf) => !wanted.overrides.some((one) => one.bdf === bdf) && driverOf(bdf) === 'vfio-pci'),
  ];
  const names = [...modules].sort();
  return [
    ...(names.length === 0
      ? []
      : [`${names.join(' and ')} ${names.length === 1 ? 'reads its' : 'read their'} options only when started`]),
    ...[...new Set(moved)].map((bdf) => `${bdf} changes its driver at boot`),
  ];
}
