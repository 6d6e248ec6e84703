// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Step } from '../plan/action.ts';

/** Loads a VFIO driver that is known not to be loaded: a probe binds a VF only to a driver that is there. */
export function loadModuleSteps(facts: HostFacts, driver: 'vfio-pci' | 'xe-vfio-pci'): readonly Step[] {
  const module = ifKnown(facts.modules)?.modules.find((one) => one.name === driver.replaceAll('-', '_'));
  if (module === undefined || module.loaded || module.origin === 'builtin') return [];
  return [{ action: 'loadModule', args: { module: module.name, driver }, reason: `${driver} is not loaded yet` }];
}
