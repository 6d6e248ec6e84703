// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import type { DkmsRelease } from '../gpu/dkms-releases.ts';
import type { BackendChoice } from '../gpu/driver-backend.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import type { Bdf } from '../pci/address.ts';
import type { FileImage, PackageChoice, Remark, Step } from '../plan/action.ts';
import { textToBase64 } from '../plan/file-image.ts';
import { NO_PART, type SetupGround, type SetupPart } from '../setup/setup-part.ts';
import { buildSteps, sourceSteps } from './dkms-steps.ts';
import type { DriverInputs } from './driver-inputs.ts';
import { DRIVER_FOLDER, type DriverSource, hashNote, publishedNames, sourceUrl } from './driver-source.ts';
import { headersPackage } from './fault-text.ts';
import { foreignDrivers, foreignRemarks } from './foreign-drivers.ts';
import { INITRAMFS_SWITCH, whileInitramfsHeld } from './hold-initramfs.ts';
import { mokRemarks, mokSteps } from './mok.ts';
import { JOBS_FILE, jobsText } from './own-dkms-files.ts';
import { patchSteps } from './patch-steps.ts';
import { sourceRemarks } from './source-remarks.ts';

/** Which driver one GPU shall have on which kernel. */
export interface DriverRequest {
  readonly bdf: Bdf;
  readonly choice: BackendChoice;
  /** The kernel that will run after the set-up, as `uname -r` says it. */
  readonly release: string;
  /** True where the same plan installs the headers already. */
  readonly headersComing?: boolean;
  /** From `readDriverInputs`; needed for a DKMS driver only. */
  readonly inputs?: DriverInputs;
}

/**
 * Makes the driver of one GPU ready for a kernel. The kernel's own xe needs nothing. For DKMS: headers of the target
 * kernel first, dkms, the patch, the release from a file that is on the node, the key for Secure Boot.
 */
export function planDriver(ground: SetupGround, request: DriverRequest): SetupPart {
  const { choice, inputs, release } = request;
  const foreign = foreignRemarks(foreignDrivers(ground.facts));
  if (choice.release === undefined) return { ...NO_PART, remarks: foreign };
  const ready = builtVersion(ground, release);
  const source = inputs?.source;
  if (source === undefined && ready === undefined)
    return { ...NO_PART, remarks: [...foreign, missingFile(choice.release, release)] };
  const isThere = ready !== undefined && (source === undefined || (source.version === ready && inputs?.patch === undefined));
  const said = isThere || source === undefined ? [] : sourceRemarks(source, release);
  const mok = inputs?.mok ?? { kind: 'not-needed' };
  const steps = [
    ...(!isThere && source?.accepted === 'given' ? [noteHash(source, inputs?.images[hashNote(source.path)])] : []),
    ...(isThere || source === undefined || inputs === undefined ? [] : driverSteps(ground, request, source, inputs)),
    ...mokSteps(mok),
  ];
  return {
    steps,
    remarks: [...foreign, ...said, ...mokRemarks(mok)],
    rebuilds: isThere ? [] : ['initramfs'],
  };
}

/** The version of i915-sriov-dkms that is built for a kernel. */
export function builtVersion({ facts }: Pick<SetupGround, 'facts'>, release: string): string | undefined {
  return ifKnown(facts.modules)?.dkms.find(({ name, kernels }) => name === DKMS_PACKAGE && kernels.includes(release))?.version;
}

function driverSteps(
  ground: SetupGround,
  { release, headersComing }: DriverRequest,
  source: DriverSource,
  inputs: DriverInputs,
): readonly Step[] {
  const { jobs, patch, images } = inputs;
  const before = ifKnown(ground.facts.packages)?.packages ?? [];
  const state = (name: string) => before.find((one) => one.name === name && one.state === 'installed')?.version ?? null;
  const install = (packages: readonly PackageChoice[], reason: string): readonly Step[] => {
    const missing = packages.filter(({ name, file }) => file !== undefined || state(name) === null);
    if (missing.length === 0) return [];
    const versions = Object.fromEntries(missing.map(({ name }) => [name, state(name)]));
    return [{ action: 'installPackage', args: { packages: missing, before: versions }, reason }];
  };
  const hasHeaders =
    headersComing === true ||
    ifKnown(ground.facts.boot)?.kernels.some((kernel) => kernel.release === release && kernel.hasHeaders) === true;
  const tools = ['dkms', 'build-essential'];
  const image = images[JOBS_FILE] ?? { kind: 'absent' };
  const wanted = jobs === undefined ? undefined : textToBase64(jobsText(jobs));
  const isSet = wanted === undefined || (image.kind === 'file' && image.base64 === wanted);
  const limit: readonly Step[] = isSet
    ? []
    : [
        {
          action: 'writeFile',
          args: { path: JOBS_FILE, base64: wanted, mode: 0o644, before: image },
          reason: 'a small machine builds with few compilers at once',
        },
      ];
  const patches = patch === undefined ? [] : patchSteps(patch, source, images);
  const headers = hasHeaders
    ? []
    : install([{ name: headersPackage(release) }], `dkms builds for ${release} only with its headers`);
  const build = buildSteps(source, release, jobs);
  const prepared = [
    ...headers,
    ...install(
      tools.map((name) => ({ name })),
      'dkms builds the driver here',
    ),
    ...limit,
  ];
  if (source.kind !== 'deb') return [...prepared, ...sourceSteps(source, inputs.hasSource, images), ...patches, ...build];
  const deb: PackageChoice = {
    name: source.name,
    version: source.version,
    file: source.path,
    ...(source.sha256 === undefined ? {} : { sha256: source.sha256 }),
  };
  // The package builds while it is configured, so what the build reads is there before. Its own script goes on when
  // the build fails, so that the build is asked for again: done already, or the failure is seen.
  const held = whileInitramfsHeld(images[INITRAMFS_SWITCH], install([deb], 'the driver with SR-IOV'));
  return [...prepared, ...patches, ...held, ...build];
}

/** Notes that the hash was accepted, so that it is asked for once. A later file of the same name has another one. */
function noteHash({ path, sha256 }: DriverSource, before: FileImage = { kind: 'absent' }): Step {
  const base64 = textToBase64(`${sha256}  ${path.slice(path.lastIndexOf('/') + 1)}\n`);
  const args = { path: hashNote(path), base64, mode: 0o600, before };
  return { action: 'writeFile', args, reason: 'the hash was accepted with --sha256' };
}

function missingFile(release: DkmsRelease, kernel: string): Remark {
  const names = publishedNames(release).join(' or ');
  return {
    level: 'blocker',
    id: 'driver.file-missing',
    code: 'driver.source',
    text: `Kernel ${kernel} needs driver release ${release.tag} of i915-sriov-dkms, and no file of it is on this node.`,
    hint: `Fetch ${sourceUrl(release)} into ${DRIVER_FOLDER} (as ${names}), or give the file with --driver-from.`,
  };
}
