// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { PackageChoice, Remark, Step } from '../plan/action.ts';
import { installedVersion } from '../platform/package-states.ts';
import type { Rebuild, SetupGround, SetupPart } from '../setup/setup-part.ts';
import type { AvailableKernel } from './available-kernel.ts';
import { installedKernels } from './boot-kernels.ts';
import { kernelPackages } from './kernel-packages.ts';
import { pinRemarks } from './pin-remarks.ts';

/** The kernel that a set-up rests on. */
export interface KernelChoice {
  readonly release: string;
  /** Whether it must be the default although the loader would choose another; without it a pin of ours goes. */
  readonly pin: boolean;
  /** Whether a driver is built for it. */
  readonly headers?: boolean;
  /** What can be installed, package files among it. */
  readonly available?: readonly AvailableKernel[];
}

/** Installs the kernel and its headers where they are missing, and pins it or gives our pin back. Nothing where all is as it should be. */
export function planKernel({ facts, ledger }: Pick<SetupGround, 'facts' | 'ledger'>, choice: KernelChoice): SetupPart {
  const { release } = choice;
  const kernel = installedKernels(facts).find((candidate) => candidate.release === release);
  const packages = missingPackages(facts, choice);
  const steps: Step[] = [];
  const remarks: Remark[] = [];
  const rebuilds: Rebuild[] = kernel?.hasInitramfs === false ? ['initramfs'] : [];
  if (packages === undefined) remarks.push(noPackages(release));
  else if (packages.length > 0) steps.push(install(facts, packages, release));
  const pinned = ifKnown(facts.boot)?.pinned ?? null;
  const wanted = choice.pin ? release : ledger.pin === undefined ? pinned : ledger.pin.before;
  if (wanted !== pinned) {
    const reason = wanted === null ? 'the pin is not needed any more' : `so that the node boots ${wanted} and no other`;
    steps.push({ action: 'pinKernel', args: { release: wanted, before: pinned }, reason });
    rebuilds.push('boot');
    if (wanted !== null) remarks.push(...pinRemarks(facts, wanted));
  }
  return { steps, remarks, rebuilds };
}

/** The packages to install, undefined when nobody knows their names. */
function missingPackages(facts: HostFacts, { release, headers, available }: KernelChoice): readonly PackageChoice[] | undefined {
  const kernel = installedKernels(facts).find((candidate) => candidate.release === release);
  const offered = available?.find((candidate) => candidate.release === release);
  const names = kernelPackages(release);
  const wantsKernel = kernel === undefined;
  const wantsHeaders = headers === true && kernel?.hasHeaders !== true;
  const choices = [
    ...(wantsKernel ? [offered?.kernel ?? named(names?.kernel[0])] : []),
    ...(wantsHeaders ? [offered?.headers ?? named(names?.headers[0])] : []),
  ];
  const known = choices.filter((item) => item !== undefined);
  return known.length < choices.length ? undefined : known;
}

function named(name: string | undefined): PackageChoice | undefined {
  return name === undefined ? undefined : { name };
}

function install(facts: HostFacts, packages: readonly PackageChoice[], release: string): Step {
  const known = ifKnown(facts.packages) ?? { packages: [] };
  const before = packages.map(({ name }) => [name, installedVersion(known, name) ?? null] as const);
  const what = packages.some(({ name }) => /-(kernel|image)-/.test(name)) ? 'kernel' : 'headers';
  const reason =
    what === 'kernel' ? `kernel ${release} is not installed` : `a driver can only be built with the headers of ${release}`;
  return { action: 'installPackage', args: { packages, before: Object.fromEntries(before) }, reason };
}

function noPackages(release: string): Remark {
  const text = `Kernel ${release} is neither Proxmox's nor Debian's, so which packages it needs is not known.`;
  const hint = 'Install it and its headers by hand.';
  return { level: 'blocker', id: 'kernel.foreign', code: 'kernel.cannot', text, hint };
}
