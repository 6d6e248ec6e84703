// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PackageChoice } from '../../core/plan/action.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';

const STATUS = '/var/lib/dpkg/status';
const AUDIT_MS = 60_000;
/** A driver package has a few megabytes, a kernel a hundred. */
const SUM_MS = 60_000;

/** dpkg's own record of all packages. */
export async function readDpkgStatus(host: Host): Promise<Result<string>> {
  const read = await host.read(STATUS);
  if (read.kind === 'content') return ok(read.value);
  const why = read.kind === 'absent' ? 'it is not there' : read.errno;
  return problem('host.read', `${STATUS} cannot be read: ${why}.`, { hint: 'This needs Debian or Proxmox VE.', where: STATUS });
}

/** What `dpkg --audit` says, on one line; empty when every package is complete. */
export async function asksDpkg({ host }: { readonly host: Host }): Promise<Result<string>> {
  const audit = await host.run(['dpkg', '--audit'], { timeoutMs: AUDIT_MS });
  if (!audit.ok) return audit;
  return ok(visible(audit.value.stdout.trim().replace(/\s+/g, ' '), 300));
}

/** Looks whether each package file is the one that was chosen, by its SHA-256. */
export async function checkFiles(host: Host, packages: readonly PackageChoice[]): Promise<Result<void>> {
  for (const { file, sha256 } of packages) {
    if (file === undefined || sha256 === undefined) continue;
    const summed = await host.run(['sha256sum', file], { timeoutMs: SUM_MS });
    if (!summed.ok) return summed;
    // A name with a backslash or a line end makes the line start with a backslash (sha256sum(1)).
    const sum = summed.value.stdout.replace(/^\\/, '').split(/\s/, 1)[0] ?? '';
    if (summed.value.exitCode !== 0) return problem('host.read', `${file} cannot be read.`, { where: file });
    if (sum !== sha256.toLowerCase())
      return problem('plan.failed', `${file} is not the file that was chosen: its SHA-256 is ${sum}, not ${sha256}.`, {
        hint: 'Fetch it again.',
        where: file,
      });
  }
  return ok(undefined);
}
