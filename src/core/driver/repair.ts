// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import { releaseOfPackage } from '../kernels/kernel-packages.ts';
import type { FileImage, Step } from '../plan/action.ts';
import { textToBase64 } from '../plan/file-image.ts';
import { NO_PART, type SetupGround, type SetupPart } from '../setup/setup-part.ts';
import { skipOverride } from './own-dkms-files.ts';

/** dpkg's states of a package whose installation stopped half-way (dpkg(1)). */
const BROKEN: readonly string[] = ['half-configured', 'half-installed', 'unpacked', 'triggers-awaited', 'triggers-pending'];

const CONFIGURE_MS = 30 * 60_000;

/**
 * Brings dpkg back into a configured state after a driver could not be built. A driver package that is half configured
 * goes. A kernel whose own configuration failed because dkms could not build for it keeps its place: dkms is told to
 * skip that kernel, which then boots with its own driver.
 */
export function planRepair(ground: SetupGround, images: { readonly [path: string]: FileImage } = {}): SetupPart {
  const broken = (ifKnown(ground.facts.packages)?.packages ?? []).filter(({ state }) => BROKEN.includes(state));
  if (broken.length === 0) return NO_PART;
  const drivers = broken.filter(({ name }) => name === DKMS_PACKAGE);
  const kernels = broken.flatMap(({ name }) => releaseOfPackage(name) ?? []);
  const dkms = (ifKnown(ground.facts.modules)?.dkms ?? []).filter(({ name }) => name === DKMS_PACKAGE);
  const skips = [...new Set(kernels)].flatMap((kernel) =>
    dkms.filter((one) => !one.kernels.includes(kernel)).map(({ name, version }) => skipOverride(name, version, kernel)),
  );
  const steps: readonly Step[] = [
    ...(drivers.length === 0
      ? []
      : [
          {
            action: 'removePackage' as const,
            args: {
              packages: drivers.map(({ name }) => ({ name })),
              before: Object.fromEntries(drivers.map(({ name, version }) => [name, version])),
            },
            reason: 'its build failed, so that dpkg could not configure it',
          },
        ]),
    ...(drivers.length > 0 ? [] : skips).map(({ path, text }) => ({
      action: 'writeFile' as const,
      args: { path, base64: textToBase64(text), mode: 0o644, before: images[path] ?? ({ kind: 'absent' } as const) },
      reason: 'dkms skips the kernel for which the driver does not build',
    })),
    {
      action: 'run',
      args: { argv: ['dpkg', '--configure', '-a'], undo: null, timeoutMs: CONFIGURE_MS },
      reason: 'configures what was left half-way',
    },
  ];
  const text = `${broken.map(({ name, state }) => `${name} (${state})`).join(', ')}: an installation stopped half-way.`;
  return { steps, remarks: [{ level: 'note', id: 'driver.half-configured', text }], rebuilds: [] };
}
