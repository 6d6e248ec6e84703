// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ModuleFacts, ModuleState } from '../../core/facts/kernel-facts.ts';
import { known, type Section } from '../../core/facts/section.ts';
import { RELEVANT_MODULES } from '../../core/modules/module-name.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { listOptional, readAttribute, readOptional } from './attribute.ts';
import { readDkms } from './read-dkms.ts';
import { readModuleConfig } from './read-module-config.ts';
import { type ModuleFileFacts, readModuleFiles } from './read-module-files.ts';

export interface ModuleOptions {
  /** Read `origin_kernel` out of DKMS module files, some megabytes each. Default true. */
  readonly withOriginKernel?: boolean;
}

/** The graphics and VFIO modules: loaded or not, from where, with which parameters; modprobe.d and DKMS. */
export async function senseModules(host: Host, options: ModuleOptions = {}): Promise<Section<ModuleFacts>> {
  const [files, configLines, dkms] = await Promise.all([
    readModuleFiles(host, options.withOriginKernel ?? true),
    readModuleConfig(host),
    readDkms(host),
  ]);
  const modules = await Promise.all(RELEVANT_MODULES.map((name) => readModule(host, name, files.get(name))));
  return known({ modules, configLines, dkms });
}

async function readModule(host: Host, name: string, file: ModuleFileFacts | undefined): Promise<ModuleState> {
  const path = `/sys/module/${name}`;
  const listed = new Set(await listOptional(host, path));
  const attribute = async (attributeName: string) => {
    const reading = listed.has(attributeName) ? await readAttribute(host, `${path}/${attributeName}`) : undefined;
    return reading?.state === 'known' ? reading.value : undefined;
  };
  const names = listed.has('parameters') ? await listOptional(host, `${path}/parameters`) : [];
  const [version, taint, ...values] = await Promise.all([
    attribute('version'),
    attribute('taint'),
    ...names.map(async (parameter) => [parameter, await readOptional(host, `${path}/parameters/${parameter}`)] as const),
  ]);
  const parameters = values.flatMap(([parameter, value]) =>
    value === undefined ? [] : [[parameter, visible(value.trim())] as const],
  );
  return {
    name,
    // A built-in module without parameters has no directory.
    loaded: listed.size > 0 || file?.origin === 'builtin',
    origin: file?.origin ?? 'unknown',
    ...(file?.file === undefined ? {} : { file: visible(file.file) }),
    ...(version === undefined ? {} : { version }),
    ...(taint === undefined ? {} : { taint }),
    ...(file?.originKernel === undefined ? {} : { originKernel: file.originKernel }),
    parameters: Object.fromEntries(parameters),
  };
}
