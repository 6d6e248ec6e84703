// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Profile } from '../profile.ts';
import { registerDriver } from './bus.ts';
import { checkSignature } from './check-signature.ts';
import { framebufferDriver } from './drivers/framebuffer.ts';
import { i915Driver } from './drivers/i915.ts';
import { pfStubDriver, plainDriver } from './drivers/plain.ts';
import { vfioDriver } from './drivers/vfio.ts';
import { xeDriver } from './drivers/xe.ts';
import { gpuEntry } from './gpu-knowledge.ts';
import { registerKvmgt } from './gvtg.ts';
import { runInstallLine } from './install-line.ts';
import { moduleName, readModprobeConfig } from './modprobe-config.ts';
import { type ModuleSpec, moduleOfDriver, moduleSpec } from './module-table.ts';
import { kernelNumber } from './numbers.ts';
import { parameterText } from './parameters.ts';
import type { KernelState, Outcome, PciDriver } from './state.ts';

/** Where modprobe looks: the running system's files, or those that an initramfs holds. */
export interface ModuleSource {
  readonly configFiles: { readonly [path: string]: string };
  /** `modules.dep` of the running kernel. */
  readonly modulesDep: string;
  /** The content of a module file by its path in modules.dep, undefined when it is not there. */
  readonly moduleText: (path: string) => string | undefined;
}

/**
 * Loads a module as modprobe does: what it needs first, soft dependencies around it, options from modprobe.d and then from
 * the kernel command line. `byAlias`: udev asks by an alias, and then a `blacklist` line counts.
 */
export function loadModule(state: KernelState, name: string, source: ModuleSource, byAlias = false): Outcome {
  const module = moduleName(name);
  if (state.modules.has(module)) return 'ok';
  const config = readModprobeConfig(source.configFiles);
  if (byAlias && (config.blacklist.has(module) || listed(state.cmdline, 'modprobe.blacklist', 'all').has(module))) return 'ok';
  const file = fileOf(source.modulesDep, module);
  // An alias leads only to a module that is there; a name leads to its install line also without one.
  if (byAlias && (file === undefined || source.moduleText(file) === undefined)) return 'ENOENT';
  const command = config.install.get(module);
  if (command !== undefined && !runInstallLine(state, module, command)) return 'ok';
  const origin = file?.startsWith('updates/') === true ? 'dkms' : 'stock';
  const spec = moduleSpec(module, origin, state.release);
  if (file === undefined || spec === undefined || source.moduleText(file) === undefined) return 'ENOENT';
  if (listed(state.cmdline, 'module_blacklist', 'last').has(module)) {
    state.log(`Module ${module} is blacklisted`);
    return 'EPERM';
  }
  for (const before of config.softdepsBefore.get(module) ?? []) loadModule(state, before, source);
  for (const needed of spec.needs) {
    const answer = loadModule(state, needed, source);
    if (answer !== 'ok') return answer;
  }
  const words = [...(config.options.get(module) ?? []), ...cmdlineOptions(state.cmdline, module)];
  if (checkSignature(state, file, source.moduleText(file) ?? '') !== 'ok') return 'EKEYREJECTED';
  const answer = insert(state, module, file, origin, spec, words);
  if (answer !== 'ok') return answer;
  for (const after of config.softdepsAfter.get(module) ?? []) loadModule(state, after, source);
  return 'ok';
}

function insert(
  state: KernelState,
  module: string,
  file: string,
  origin: 'stock' | 'dkms',
  spec: ModuleSpec,
  words: readonly string[],
): Outcome {
  const parameters: { [name: string]: string } = { ...spec.parameters };
  const hidden: { [name: string]: string } = {};
  for (const word of words) {
    const [key = '', ...rest] = word.split('=');
    const name = key.replaceAll('-', '_');
    const value = rest.join('=').replace(/^"(.*)"$/, '$1');
    const before = parameters[name];
    if (before !== undefined) {
      const text = parameterText(before, rest.length === 0 ? '1' : value);
      if (text === undefined) {
        state.log(`${module}: \`${value}' invalid for parameter \`${name}'`);
        return 'EINVAL';
      }
      parameters[name] = text;
      if (name === 'enable_guc' || name === 'enable_gvt' || (name === 'force_probe' && module === 'i915'))
        state.log(`Setting dangerous option ${name} - tainting kernel`);
    } else if (spec.hidden?.includes(name)) hidden[name] = value;
    else state.log(`${module}: unknown parameter '${name}' ignored`);
  }
  if (origin === 'dkms') logDkms(state, module);
  const driver = driverOf(state, module, origin === 'dkms', parameters, hidden);
  state.modules.set(module, { name: module, file, parameters });
  showModule(state, module, origin, parameters);
  for (const pci of driver) registerDriver(state, pci);
  if (module === 'vfio') addVfioContainer(state);
  if (module === 'kvmgt') registerKvmgt(state);
  return 'ok';
}

function driverOf(
  state: KernelState,
  module: string,
  dkms: boolean,
  parameters: { readonly [name: string]: string },
  hidden: { readonly [name: string]: string },
): readonly PciDriver[] {
  const ids = (hidden.ids ?? '').split(',').filter((id) => id !== '');
  if (module === 'i915') return [i915Driver({ dkms, parameters })];
  if (module === 'xe') return [xeDriver({ dkms, release: state.release, parameters })];
  if (module === 'vfio_pci') return [vfioDriver({ name: 'vfio-pci', module, ids, enableSriov: parameters.enable_sriov === 'Y' })];
  if (module === 'xe_vfio_pci') {
    const only = (device: Parameters<PciDriver['claims']>[0]) =>
      device.physfn !== undefined && gpuEntry(device)?.vfioDriver === 'xe-vfio-pci';
    return [vfioDriver({ name: 'xe-vfio-pci', module, ids: [], enableSriov: false, only })];
  }
  if (module === 'pci_pf_stub') return [pfStubDriver()];
  if (module === 'pci_stub') {
    const stub = plainDriver('pci-stub', module, []);
    for (const id of ids) stub.dynamicIds.add(id);
    return [stub];
  }
  const users = state.profile.devices.filter((device) => device.driver !== undefined && moduleOfDriver(device.driver) === module);
  const name = users[0]?.driver;
  if (name === undefined) return [];
  const claimed = users.map((device) => `${device.vendor}:${device.device}`);
  return [
    module === 'nouveau' || module === 'amdgpu' ? framebufferDriver(name, module, claimed) : plainDriver(name, module, claimed),
  ];
}

/** The drivers of a machine that its kernel has built in. */
export function builtInDrivers(profile: Profile): readonly PciDriver[] {
  const users = profile.devices.filter((device) => device.driver !== undefined && moduleOfDriver(device.driver) === undefined);
  const names = new Set(users.map((device) => device.driver ?? ''));
  return [...names].map((name) => {
    const ids = users.filter((device) => device.driver === name).map((device) => `${device.vendor}:${device.device}`);
    return plainDriver(name, undefined, ids);
  });
}

function logDkms(state: KernelState, module: string): void {
  state.log(`${module}: loading out-of-tree module taints kernel.`);
  if (module !== 'i915' && module !== 'xe') return;
  const ported = kernelNumber(state.release) >= 6017 ? 'i915/xe' : 'i915';
  state.log(`${module}: You are using the i915-sriov-dkms module, a ported version of the ${ported} module with SR-IOV support.`);
  state.log(`${module}: Please file any bug report at https://github.com/strongtz/i915-sriov-dkms/issues/new.`);
  state.log(`${module}: Module Homepage: https://github.com/strongtz/i915-sriov-dkms`);
}

function showModule(state: KernelState, module: string, origin: string, parameters: { readonly [name: string]: string }): void {
  const directory = `/sys/module/${module}`;
  const readOnly = (name: string, text: string) => state.tree.setFile(`${directory}/${name}`, text, { mode: 0o444 });
  readOnly('initstate', 'live\n');
  readOnly('refcnt', '0\n');
  readOnly('taint', origin === 'dkms' ? 'OE\n' : '\n');
  for (const [name, value] of Object.entries(parameters))
    state.tree.setFile(`${directory}/parameters/${name}`, `${value}\n`, {
      mode: module === 'i915' || module === 'xe' ? 0o400 : 0o444,
    });
  state.tree.setFile(
    '/proc/modules',
    [...state.modules.keys()].map((name) => `${name} 1 0 - Live 0x0000000000000000\n`).join(''),
  );
}

/** `/dev/vfio/vfio`, misc minor 196 (kernel include/linux/miscdevice.h). */
function addVfioContainer(state: KernelState): void {
  state.tree.set('/dev/vfio/vfio', { kind: 'device', type: 'char', major: 10, minor: 196, mode: 0o666, uid: 0, gid: 0 });
}

function fileOf(modulesDep: string, module: string): string | undefined {
  for (const line of modulesDep.split('\n')) {
    const path = line.split(':')[0] ?? '';
    const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.ko(\..*)?$/, '');
    if (moduleName(base) === module) return path;
  }
  return undefined;
}

/** Of `module_blacklist` the kernel keeps the last value (kernel/module/main.c, a charp); kmod adds all of `modprobe.blacklist` up. */
function listed(cmdline: string, key: string, which: 'all' | 'last'): ReadonlySet<string> {
  const words = cmdline.split(/\s+/).filter((word) => word.startsWith(`${key}=`));
  return new Set(
    (which === 'last' ? words.slice(-1) : words).flatMap((word) => word.slice(key.length + 1).split(',')).map(moduleName),
  );
}

function cmdlineOptions(cmdline: string, module: string): readonly string[] {
  return cmdline
    .split(/\s+/)
    .filter((word) => moduleName(word.split('.')[0] ?? '') === module && /^[\w-]+\.[\w-]+/.test(word))
    .map((word) => word.slice(word.indexOf('.') + 1));
}
