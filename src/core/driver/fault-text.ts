// SPDX-License-Identifier: AGPL-3.0-or-later
import { type DkmsAnswer, dkmsPackageUrl } from '../gpu/dkms-releases.ts';
import { kernelPackages } from '../kernels/kernel-packages.ts';
import type { BuildFault } from './build-fault.ts';
import type { Guard } from './source-guard.ts';

/** What is known around a fault, besides the log. */
export interface FaultGround {
  /** The kernel that the build was for, `uname -r` of it. */
  readonly kernel?: string;
  /** The release that was built. */
  readonly version?: string;
  /** The release of i915-sriov-dkms for that kernel. */
  readonly fitting?: DkmsAnswer;
  /** The condition around the call that the compiler refused. */
  readonly guard?: Guard;
  /** The declaration in the installed headers, and the file that it stands in. */
  readonly declared?: { readonly file: string; readonly prototype: string };
}

/** One cause of a failed build in words: what is wrong, and what to do. */
export interface BuildFinding {
  readonly id: string;
  readonly text: string;
  readonly hint: string;
  /** The lines that it rests on. */
  readonly evidence: readonly string[];
}

/** The package with the headers of a kernel. */
export function headersPackage(kernel: string): string {
  return kernelPackages(kernel)?.headers[0] ?? `linux-headers-${kernel}`;
}

/** Says one fault in words. */
export function faultText(fault: BuildFault, ground: FaultGround): BuildFinding {
  const { text, hint } = words(fault, ground);
  const evidence = fault.kind === 'api' ? apiEvidence(fault, ground) : [fault.line];
  return { id: `driver.build-${fault.kind}`, text, hint, evidence };
}

function words(fault: BuildFault, ground: FaultGround): { readonly text: string; readonly hint: string } {
  const kernel = ground.kernel ?? 'the kernel';
  switch (fault.kind) {
    case 'disk-full':
      return { text: 'The disk was full during the build.', hint: 'Free some 2 GB below /var/lib/dkms, then build again.' };
    case 'out-of-memory':
      return {
        text: 'The kernel ended the compiler because memory ran out.',
        hint: 'Build with one compiler at a time (dkms install -j 1), with fewer guests running.',
      };
    case 'headers-missing':
      return {
        text: `The headers of ${kernel} are not installed.`,
        hint: `Install ${ground.kernel === undefined ? 'its headers' : headersPackage(ground.kernel)}, then build again.`,
      };
    case 'tool-missing':
      return { text: `The program ${fault.tool} is missing.`, hint: 'Install build-essential and dkms, then build again.' };
    case 'compiler-too-old':
      return {
        text: `The compiler is older than the one that built ${kernel}: it does not know ${fault.option}.`,
        hint: 'Install the gcc of the Debian release that this Proxmox VE is based on.',
      };
    case 'excluded':
      return { text: `${releaseName(ground)} says of itself that it is not for ${kernel}.`, hint: fittingHint(ground) };
    case 'patch-failed':
      return {
        text: `The patch ${fault.patch ?? 'that is applied before the build'} does not fit the source of ${releaseName(ground)}.`,
        hint: 'Make it for this release, or remove it: pveigpu driver install without --patch.',
      };
    case 'not-executable':
      return {
        text: `${fault.file} may not be executed.`,
        hint: 'The source lost its modes when it was copied: use the .deb or the archive as published.',
      };
    case 'api':
      return { text: apiText(fault, ground), hint: fittingHint(ground) };
    case 'unknown-symbol':
      return { text: `${kernel} does not offer ${fault.symbol}, which the driver needs.`, hint: fittingHint(ground) };
    case 'signing':
      return {
        text: 'The modules could not be signed with the key of DKMS, so Secure Boot will not let them load.',
        hint: 'Move /var/lib/dkms/mok.key and mok.pub away; dkms makes a new pair at the next build, which has to be enrolled.',
      };
    case 'other':
      return { text: `The build stopped with: ${fault.line}`, hint: fittingHint(ground) };
  }
}

const DIFFERENCES: { readonly [K in Extract<BuildFault, { kind: 'api' }>['difference']]: string } = {
  arguments: 'takes other arguments',
  function: 'does not exist',
  member: 'is no member any more',
  declaration: 'is declared otherwise',
  type: 'is no type',
  include: 'is no header',
};

function apiText(fault: Extract<BuildFault, { kind: 'api' }>, ground: FaultGround): string {
  const place = `${fault.file.replace(/^.*\/build\//, '')} line ${fault.lineNumber}`;
  const guard =
    ground.guard === undefined
      ? ''
      : ` That line is compiled because of "${ground.guard.condition}", which is wrong for this kernel.`;
  const prototype = (ground.declared ?? fault.declared)?.prototype.replace(/;$/, '');
  const there = prototype === undefined ? 'there' : `there: ${prototype}`;
  return `${releaseName(ground)} does not fit ${ground.kernel ?? 'the kernel'}: ${fault.symbol}, used in ${place}, ${DIFFERENCES[fault.difference]} ${there}.${guard}`;
}

function apiEvidence(fault: Extract<BuildFault, { kind: 'api' }>, { guard, declared }: FaultGround): readonly string[] {
  const known = declared ?? fault.declared;
  return [
    fault.line,
    ...(guard === undefined ? [] : [`${fault.file}:${guard.lineNumber}: ${guard.condition}`]),
    ...(known === undefined ? [] : [`${known.file}: ${known.prototype}`]),
  ];
}

function releaseName({ version }: FaultGround): string {
  return version === undefined ? 'The driver' : `Driver release ${version}`;
}

/** What to install instead, as far as the table of releases tells. */
function fittingHint({ fitting, version, kernel }: FaultGround): string {
  if (fitting?.kind === 'release') {
    const { release } = fitting;
    if (release.tag === version)
      return `${version} is the release for ${kernel}; look for a newer one at github.com/strongtz/i915-sriov-dkms/releases, or stay on the kernel that works.`;
    const url = dkmsPackageUrl(release);
    return url === undefined
      ? `For ${kernel} there is only the branch ${release.tag}, which has to be built by hand (--driver-from DIR).`
      : `Install release ${release.tag}: ${url}`;
  }
  if (fitting?.kind === 'newer')
    return `No release that is known here fits a kernel after ${fitting.lastKernel}. ${fitting.note} Stay on the kernel that works, or use its own xe where it carries this GPU.`;
  if (fitting?.kind === 'older') return `No release fits a kernel before ${fitting.firstKernel}: use a newer kernel.`;
  return 'Look for a newer release at github.com/strongtz/i915-sriov-dkms/releases, or stay on the kernel that works.';
}
