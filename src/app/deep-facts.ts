// SPDX-License-Identifier: AGPL-3.0-or-later
import { CONFIRM_UNIT_NAME } from '../core/boot/confirm-unit.ts';
import { POOLS_UNIT_NAME } from '../core/boot/pools-unit.ts';
import { VF_BOOT_UNIT_NAME } from '../core/boot/vf-boot-unit.ts';
import type { DeepFacts } from '../core/doctor/deep-facts.ts';
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown, known, type Section, unknown } from '../core/facts/section.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';
import { testSigningKey } from './driver-mok.ts';
import { readZfsPools } from './read-zfs-pools.ts';

/** `lsinitramfs` unpacks some 60 MB; the others answer at once, unless something hangs. */
const LSINITRAMFS_MS = 60_000;
const QUERY_MS = 15_000;
/** More lines than this are not looked at; the newest are. */
const MOST_LINES = 300;
const MOST_PATHS = 50_000;
const UNITS = [VF_BOOT_UNIT_NAME, POOLS_UNIT_NAME, CONFIRM_UNIT_NAME];

/** What programs say of a machine. None of them changes anything, and each has a time limit. */
export async function readDeepFacts(host: Host, facts: HostFacts): Promise<DeepFacts> {
  const [initramfs, journal, dkmsStatus, signingKey, pools] = await Promise.all([
    readInitramfs(host, ifKnown(facts.kernel)?.release),
    readJournal(host),
    readDkmsStatus(host, facts),
    readSigningKey(host, facts),
    readZfsPools(host, ifKnown(facts.kernel)?.cmdline ?? ''),
  ]);
  const zfsPools = pools === undefined ? unknown('The ZFS pools could not be read with zpool.') : known(pools);
  return { initramfs, journal, dkmsStatus, signingKey, zfsPools };
}

async function readInitramfs(host: Host, release: string | undefined): Promise<DeepFacts['initramfs']> {
  if (release === undefined) return unknown('The release of the running kernel is not known.');
  const image = `/boot/initrd.img-${release}`;
  const lines = await linesOf(host, ['lsinitramfs', image], LSINITRAMFS_MS);
  return lines.state === 'known' ? known(lines.value.slice(0, MOST_PATHS)) : lines;
}

async function readJournal(host: Host): Promise<DeepFacts['journal']> {
  const said: { readonly unit: string; readonly text: string }[] = [];
  for (const unit of UNITS) {
    const lines = await linesOf(host, ['journalctl', '-u', unit, '-b', '--no-pager', '-o', 'cat'], QUERY_MS);
    if (lines.state !== 'known') return lines;
    const own = lines.value.filter((line) => line !== '-- No entries --').slice(-MOST_LINES);
    said.push(...own.map((text) => ({ unit, text: visible(text) })));
  }
  return known(said);
}

async function readDkmsStatus(host: Host, { modules }: HostFacts): Promise<DeepFacts['dkmsStatus']> {
  const isUnused = modules.state === 'known' && modules.value.dkms.length === 0;
  return isUnused ? known([]) : await linesOf(host, ['dkms', 'status'], QUERY_MS);
}

/** Only where Secure Boot asks for one. Where dkms has made no key yet there is nothing to look at. */
async function readSigningKey(host: Host, { platform }: HostFacts): Promise<DeepFacts['signingKey']> {
  const secureBoot = ifKnown(platform)?.secureBoot;
  if (secureBoot?.state !== 'known' || !secureBoot.value) return { state: 'not-sensed' };
  const key = await testSigningKey(host);
  return key.state === 'absent' ? { state: 'not-sensed' } : key;
}

/** The output of a program by lines; unknown with what it said when it failed. */
async function linesOf(host: Host, argv: readonly [string, ...string[]], timeoutMs: number): Promise<Section<readonly string[]>> {
  const ran = await host.run(argv, { timeoutMs });
  if (!ran.ok) return unknown(ran.problem.message);
  const { exitCode, stdout, stderr } = ran.value;
  if (exitCode !== 0) return unknown(`${argv.join(' ')} ends with ${exitCode}: ${visible(stderr.trim(), 200)}`);
  return known(stdout.split('\n').filter((line) => line !== ''));
}
