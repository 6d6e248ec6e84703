// SPDX-License-Identifier: AGPL-3.0-or-later
import { type AvailableKernel, availableKernels, kernelsOfFiles, sortedByRelease } from '../core/kernels/available-kernel.ts';
import type { PackageChoice } from '../core/plan/action.ts';
import { parseAptPolicy } from '../core/platform/apt-policy.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';

/** apt takes a word that begins with `^` as a regular expression over all names that it knows. */
const POLICY = ['apt-cache', 'policy', '^proxmox-kernel-', '^proxmox-headers-'] as const;
const READ_MS = 2 * 60_000;

/** The kernels of Proxmox that apt offers, oldest first; fails where apt cannot be asked. */
export async function readAvailableKernels(host: Host): Promise<Result<readonly AvailableKernel[]>> {
  if (!host.abilities.run)
    return problem('host.unsupported', 'apt cannot be asked here, because no program can be run.', { where: host.label });
  const ran = await host.run(POLICY, { timeoutMs: READ_MS });
  if (!ran.ok) return ran;
  const { exitCode, stdout, stderr } = ran.value;
  if (exitCode === 0) return ok(availableKernels(parseAptPolicy(stdout)));
  return problem('host.run', `apt-cache could not say which kernels there are: ${visible(stderr.trim(), 200)}`);
}

/** The kernels that some package files hold; each file is taken down with its SHA-256, so that it is this one that is installed. */
export async function readKernelFiles(host: Host, paths: readonly string[]): Promise<Result<readonly AvailableKernel[]>> {
  const choices: PackageChoice[] = [];
  for (const path of paths) {
    const choice = await readPackageFile(host, path);
    if (!choice.ok) return choice;
    choices.push(choice.value);
  }
  const kernels = kernelsOfFiles(choices);
  const used = kernels.flatMap(({ kernel, headers }) => [kernel.file, headers?.file]);
  const other = choices.find(({ file }) => !used.includes(file));
  if (other === undefined) return ok(kernels);
  return problem(
    'kernel.cannot',
    `${other.file} holds ${other.name}, which is no kernel, nor the headers of one that was given.`,
    {
      hint: 'Give the package of a kernel, and that of its headers.',
    },
  );
}

/** All that can be installed: package files come before what apt offers of the same release. */
export function withFiles(offered: readonly AvailableKernel[], files: readonly AvailableKernel[]): readonly AvailableKernel[] {
  const given = new Set(files.map(({ release }) => release));
  return sortedByRelease([...offered.filter(({ release }) => !given.has(release)), ...files]);
}

async function readPackageFile(host: Host, path: string): Promise<Result<PackageChoice>> {
  if (!host.abilities.run)
    return problem('host.unsupported', `${path} cannot be looked into: no program can be run here.`, { where: path });
  const fields = await host.run(['dpkg-deb', '-f', path, 'Package', 'Version'], { timeoutMs: READ_MS });
  if (!fields.ok) return fields;
  const name = /^Package: ([a-z0-9][a-z0-9.+-]*)$/m.exec(fields.value.stdout)?.[1];
  const version = /^Version: ([A-Za-z0-9.+:~-]+)$/m.exec(fields.value.stdout)?.[1];
  const summed = await host.run(['sha256sum', path], { timeoutMs: READ_MS });
  if (!summed.ok) return summed;
  const sha256 = /^\\?([0-9a-f]{64})\s/.exec(summed.value.stdout)?.[1];
  if (fields.value.exitCode === 0 && name !== undefined && version !== undefined && sha256 !== undefined)
    return ok({ name, version, file: path, sha256 });
  return problem('kernel.cannot', `${path} is no Debian package: ${visible(fields.value.stderr.trim(), 200)}`, { where: path });
}
