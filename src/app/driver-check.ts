// SPDX-License-Identifier: AGPL-3.0-or-later
import { type DriverCheckView, type DriverReadings, driverCheckView, gpusWithDriver } from '../core/driver/driver-check-view.ts';
import type { BuildFinding } from '../core/driver/fault-text.ts';
import { backendModule } from '../core/driver/origin-check.ts';
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { moduleState } from '../core/gpu/gpu-case.ts';
import { DKMS_PACKAGE } from '../core/gpu/sriov-needs.ts';
import { defaultRelease, runningRelease } from '../core/kernels/boot-kernels.ts';
import { ok, type Result } from '../core/problem.ts';
import type { SetupGround } from '../core/setup/setup-part.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { diagnoseBuild } from './driver-diagnosis.ts';
import { driverGround } from './driver-ground.ts';

/** Whether the driver that was meant runs, was built where it must be, and will be there after the next boot. */
export async function checkDriver(context: Context): Promise<Result<DriverCheckView>> {
  const ground = await driverGround(context);
  if (!ground.ok) return ground;
  const { host } = context;
  const { facts } = ground.value;
  const builds = await failedBuilds(host, facts);
  return ok(driverCheckView(ground.value, { originKernels: await originKernels(host, ground.value), builds }));
}

/** Why i915-sriov-dkms is not built for the kernel that runs and for the one that boots next, by release. */
export async function failedBuilds(host: Host, facts: HostFacts): Promise<DriverReadings['builds']> {
  const kernels = [...new Set([runningRelease(facts), defaultRelease(facts)])].filter((release) => release !== undefined);
  const builds: { [release: string]: readonly BuildFinding[] } = {};
  for (const release of kernels) builds[release] = await buildFindings(host, { facts }, release);
  return builds;
}

/** Why i915-sriov-dkms is not built for a kernel; nothing where it is, or where dkms has no such source. */
export async function buildFindings(
  host: Host,
  { facts }: Pick<SetupGround, 'facts'>,
  release: string,
): Promise<readonly BuildFinding[]> {
  const versions = (ifKnown(facts.modules)?.dkms ?? []).filter(({ name }) => name === DKMS_PACKAGE);
  const newest = versions[versions.length - 1];
  if (newest === undefined || versions.some(({ kernels }) => kernels.includes(release))) return [];
  return await diagnoseBuild(host, newest, release);
}

/** Facts read `origin_kernel` out of plain files; modinfo knows every compression that the kernel does. */
async function originKernels(host: Host, ground: SetupGround): Promise<DriverReadings['originKernels']> {
  const release = runningRelease(ground.facts);
  if (release === undefined || !host.abilities.run) return {};
  const origins: { [module: string]: string } = {};
  for (const { backend } of gpusWithDriver(ground)) {
    const { module } = backendModule(backend);
    const file = moduleState(ground.facts, module)?.file;
    if (file === undefined || !/\.ko\.(zst|xz|gz)$/.test(file)) continue;
    const ran = await host.run(['modinfo', '-F', 'origin_kernel', `/lib/modules/${release}/${file}`]);
    const origin = ran.ok && ran.value.exitCode === 0 ? ran.value.stdout.trim() : '';
    if (/^\d{1,3}(\.\d{1,4}){0,3}$/.test(origin)) origins[module] = origin;
  }
  return origins;
}
