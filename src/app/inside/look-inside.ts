// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../../core/facts/guest-facts.ts';
import type { AptFile } from '../../core/inside/apt-components.ts';
import { distributionOf } from '../../core/inside/distribution.ts';
import { DISTRIBUTIONS } from '../../core/inside/distributions.ts';
import type { LinuxInside } from '../../core/inside/inside-case.ts';
import { PROBES, readProbe, SOURCES_FILES } from '../../core/inside/inside-probe.ts';
import type { InsideCommand } from '../../core/inside/inside-step.ts';
import { parseOsRelease } from '../../core/inside/os-release.ts';
import { ok, type Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { runInside } from './run-inside.ts';

/** Longest name of a system or kernel that is shown. */
const NAME_CHARACTERS = 100;

/** Reads what a Linux guest is: its distribution, kernel, sources and our own file. Fails where it cannot be asked at all. */
export async function lookInside(host: Host, guest: Guest): Promise<Result<LinuxInside>> {
  const asked = await runInside(host, guest, PROBES.osRelease);
  if (!asked.ok) return asked;
  const text = async (command: InsideCommand): Promise<string | undefined> => {
    const answer = await runInside(host, guest, command);
    return answer.ok && answer.value.exitCode === 0 ? answer.value.stdout : undefined;
  };
  const release = parseOsRelease(asked.value.stdout);
  const known = release === undefined ? undefined : distributionOf(release, DISTRIBUTIONS);
  const kernel = visible((await text(PROBES.kernel))?.trim() ?? '', NAME_CHARACTERS);
  const modprobe = guest.kind === 'qemu' ? await text(PROBES.modprobe) : undefined;
  const sources = known === undefined ? undefined : SOURCES_FILES[known.distribution.id];
  const apt: AptFile[] = [];
  for (const path of sources === undefined ? [] : [sources, '/etc/apt/sources.list']) {
    const content = await text(readProbe(path));
    if (content !== undefined) apt.push({ path, text: content });
  }
  return ok({
    ...(known === undefined ? {} : { known }),
    ...(release?.prettyName === undefined ? {} : { title: visible(release.prettyName, NAME_CHARACTERS) }),
    ...(kernel === '' ? {} : { kernel }),
    ...(sources === undefined ? {} : { apt }),
    ...(modprobe === undefined ? {} : { modprobe }),
  });
}
