// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BuildFault } from '../core/driver/build-fault.ts';
import { type BuildFinding, type FaultGround, faultText } from '../core/driver/fault-text.ts';
import { parseMakeLog } from '../core/driver/make-log.ts';
import { guardAround, prototypeOf } from '../core/driver/source-guard.ts';
import { dkmsReleaseFor } from '../core/gpu/dkms-releases.ts';
import type { Host } from '../ports/host.ts';

/** A whole log of i915 and xe has some 100 KiB; the errors stand near its end. */
const LOG_BYTES = 16 * 1024 * 1024;
const SOURCE_BYTES = 4 * 1024 * 1024;
/** More findings would say the same again. */
const MOST_FINDINGS = 3;

/**
 * Why dkms could not build a version for a kernel, from the log that a failed build leaves. Empty when there is no log of
 * such a build (dkms removes it when a build succeeds).
 */
export async function diagnoseBuild(
  host: Host,
  module: { readonly name: string; readonly version: string },
  kernel: string,
): Promise<readonly BuildFinding[]> {
  const folder = `/var/lib/dkms/${module.name}/${module.version}/build`;
  const read = await host.read(`${folder}/make.log`, { maxBytes: LOG_BYTES });
  if (read.kind !== 'content') return [];
  const log = parseMakeLog(read.value);
  if (log.kernel !== undefined && log.kernel !== kernel) return [];
  const findings: BuildFinding[] = [];
  for (const fault of log.faults.slice(0, MOST_FINDINGS)) {
    const ground: FaultGround = { kernel, version: module.version, fitting: dkmsReleaseFor(kernel) };
    findings.push(
      faultText(fault, fault.kind === 'api' ? { ...ground, ...(await around(host, folder, fault, kernel)) } : ground),
    );
  }
  return findings;
}

/** The condition around the refused call, and what the installed headers declare. */
async function around(
  host: Host,
  folder: string,
  fault: Extract<BuildFault, { kind: 'api' }>,
  kernel: string,
): Promise<Pick<FaultGround, 'guard' | 'declared'>> {
  const path = fault.file.startsWith('/') ? fault.file : `${folder}/${fault.file}`;
  // The log names the file, and a log is not to be trusted with any path.
  const source =
    path.startsWith(`${folder}/`) && !path.includes('/../') ? await host.read(path, { maxBytes: SOURCE_BYTES }) : undefined;
  const guard = source?.kind === 'content' ? guardAround(source.value, fault.lineNumber) : undefined;
  const declared = await declaration(host, fault, `/lib/modules/${kernel}/build`);
  return { ...(guard === undefined ? {} : { guard }), ...(declared === undefined ? {} : { declared }) };
}

async function declaration(
  host: Host,
  { declared, symbol, difference }: Extract<BuildFault, { kind: 'api' }>,
  headers: string,
): Promise<FaultGround['declared']> {
  if (difference !== 'arguments' && difference !== 'function') return undefined;
  const named = declared?.file.replace(/^\.\//, '');
  const files = named?.startsWith('include/') && !named.includes('..') ? [named] : await drmHeaders(host, headers);
  for (const file of files) {
    const read = await host.read(`${headers}/${file}`, { maxBytes: SOURCE_BYTES });
    const prototype = read.kind === 'content' ? prototypeOf(read.value, symbol) : undefined;
    if (prototype !== undefined) return { file: `${headers}/${file}`, prototype };
  }
  return undefined;
}

/** The headers of the DRM subsystem, where i915 and xe get what changes between kernels. */
async function drmHeaders(host: Host, headers: string): Promise<readonly string[]> {
  const folders = ['include/drm', 'include/drm/display', 'include/drm/ttm', 'include/drm/intel'];
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const list = await host.list(`${headers}/${folder}`);
      return list.kind === 'content' ? list.value.filter((name) => name.endsWith('.h')).map((name) => `${folder}/${name}`) : [];
    }),
  );
  return listed.flat();
}
