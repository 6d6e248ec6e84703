// SPDX-License-Identifier: AGPL-3.0-or-later
import { originKernelOf } from '../../core/modules/module-info.ts';
import { RELEVANT_MODULES } from '../../core/modules/module-name.ts';
import { findModules, type ModuleFile } from '../../core/modules/module-origin.ts';
import type { Host } from '../../ports/host.ts';
import { readAttribute, readOptional } from './attribute.ts';

/** No module of the kernel comes near this size, in bytes. */
const MODULE_BYTES = 64 * 1024 * 1024;

/** A module's file and, for one that DKMS built, the kernel tree its code is from. */
export type ModuleFileFacts = ModuleFile & { readonly originKernel?: string };

/** Which files modprobe would load for the running kernel; empty when that kernel is not known. */
export async function readModuleFiles(host: Host, withOriginKernel: boolean): Promise<ReadonlyMap<string, ModuleFileFacts>> {
  const release = await readAttribute(host, '/proc/sys/kernel/osrelease');
  if (release.state !== 'known') return new Map();
  const folder = `/lib/modules/${release.value}`;
  const [dep, builtin] = await Promise.all([
    readOptional(host, `${folder}/modules.dep`),
    readOptional(host, `${folder}/modules.builtin`),
  ]);
  const found = findModules({ dep, builtin }, RELEVANT_MODULES);
  if (!withOriginKernel) return found;
  const entries = [...found].map(async ([name, file]) => [name, { ...file, ...(await readOrigin(host, folder, file)) }] as const);
  return new Map(await Promise.all(entries));
}

async function readOrigin(host: Host, folder: string, { origin, file }: ModuleFile): Promise<{ readonly originKernel?: string }> {
  if (origin !== 'dkms' || file?.endsWith('.ko') !== true) return {};
  const read = await host.readBytes(`${folder}/${file}`, { maxBytes: MODULE_BYTES });
  const originKernel = read.kind === 'content' ? originKernelOf(read.value) : undefined;
  return originKernel === undefined ? {} : { originKernel };
}
