// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import { dkmsReleaseFor } from '../gpu/dkms-releases.ts';
import { type BackendChoice, sriovBackends } from '../gpu/driver-backend.ts';
import { runningDriver } from '../gpu/running-driver.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import { intelGpus } from '../vf/vf.ts';
import { foreignDrivers } from './foreign-drivers.ts';

/** What one GPU can have on one kernel. */
export interface DriverRow {
  readonly bdf: string;
  readonly name: string;
  readonly kernel: string;
  readonly running: boolean;
  /** Ways to SR-IOV, best first; with the DKMS release where it is one. */
  readonly backends: readonly { readonly backend: string; readonly release: string | null; readonly young: boolean }[];
  /** The DKMS version that is built for this kernel. */
  readonly built: string | null;
  /** Whether headers are there to build with; null when it is not known. */
  readonly headers: boolean | null;
  /** Of the running kernel: the bound driver and whose build it is. */
  readonly loaded: string | null;
}

/** `pveigpu driver list`. */
export interface DriverListView {
  readonly format: 1;
  readonly rows: readonly DriverRow[];
  /** Everything in DKMS: `added` only, or the kernels that it is built for. */
  readonly dkms: readonly { readonly name: string; readonly version: string; readonly kernels: readonly string[] }[];
  /** Builds of i915 or xe by others. */
  readonly foreign: readonly string[];
  readonly unknown: readonly string[];
}

/** The drivers that each GPU can have on each installed kernel, and what there is. */
export function driverListView(facts: HostFacts): DriverListView {
  const running = ifKnown(facts.kernel)?.release;
  const installed = ifKnown(facts.boot)?.kernels;
  const kernels = [...new Set([...(installed ?? []).map(({ release }) => release), ...(running === undefined ? [] : [running])])];
  const modules = ifKnown(facts.modules);
  const builtFor = (kernel: string) =>
    modules?.dkms.find(({ name, kernels: built }) => name === DKMS_PACKAGE && built.includes(kernel))?.version ?? null;
  const gpus = intelGpus(ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] });
  const rows = gpus.flatMap((device) => {
    const entry = lookupGpu(device.device);
    const { name, build } = runningDriver({ facts, device });
    return kernels.map(
      (kernel): DriverRow => ({
        bdf: device.bdf,
        name: entry?.codename ?? `8086:${device.device}`,
        kernel,
        running: kernel === running,
        backends: entry === undefined ? [] : sriovBackends(entry, kernel).map(shown),
        built: builtFor(kernel),
        headers: installed?.find(({ release }) => release === kernel)?.hasHeaders ?? null,
        loaded: kernel === running ? (name === null ? 'none' : `${name} (${build === 'unknown' ? '?' : build})`) : null,
      }),
    );
  });
  const unknown = (['pci', 'kernel', 'modules', 'boot'] as const).flatMap((section) => {
    const part = facts[section];
    return part.state === 'unknown' ? [`${section}: ${part.reason}`] : [];
  });
  return { format: 1, rows, dkms: modules?.dkms ?? [], foreign: foreignDrivers(facts).map(({ what }) => what), unknown };
}

function shown({ backend, release, young }: BackendChoice): DriverRow['backends'][number] {
  return { backend, release: release?.tag ?? null, young };
}

/** The view as a table, header first. */
export function driverListRows({ rows }: DriverListView): readonly (readonly string[])[] {
  return [
    ['GPU', 'KERNEL', 'DRIVERS WITH SR-IOV', 'DKMS', 'HEADERS', 'LOADED'],
    ...rows.map(({ bdf, kernel, running, backends, built, headers, loaded }) => [
      bdf,
      `${kernel}${running ? ' *' : ''}`,
      backends.map(wayText).join(', ') || noneFor(kernel),
      built === null ? '-' : `${built} built`,
      headers === null ? '?' : headers ? 'yes' : 'no',
      loaded ?? '-',
    ]),
  ];
}

function wayText({ backend, release, young }: DriverRow['backends'][number]): string {
  return `${backend}${release === null ? '' : ` ${release}`}${young ? ' (young)' : ''}`;
}

function noneFor(kernel: string): string {
  return dkmsReleaseFor(kernel).kind === 'newer' ? 'none known yet' : 'none';
}
