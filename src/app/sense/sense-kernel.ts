// SPDX-License-Identifier: AGPL-3.0-or-later
import type { KernelFacts } from '../../core/facts/kernel-facts.ts';
import { known, type Section, unknown } from '../../core/facts/section.ts';
import type { Host } from '../../ports/host.ts';
import { readAttribute } from './attribute.ts';

/** The running kernel and its command line. Unknown when `/proc` does not tell the release. */
export async function senseKernel(host: Host): Promise<Section<KernelFacts>> {
  const [release, cmdline] = await Promise.all([readAttribute(host, '/proc/sys/kernel/osrelease'), host.read('/proc/cmdline')]);
  if (release.state === 'unknown') return release;
  if (release.state === 'absent') return unknown('/proc/sys/kernel/osrelease does not exist, so no kernel is running there');
  if (cmdline.kind !== 'content')
    return unknown(`/proc/cmdline cannot be read (${cmdline.kind === 'absent' ? 'ENOENT' : cmdline.errno})`);
  return known({ release: release.value, cmdline: cmdline.value.replace(/\n+$/, '') });
}
