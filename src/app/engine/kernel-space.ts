// SPDX-License-Identifier: AGPL-3.0-or-later
import { ESP_LIST, espUuids } from '../../core/boot/boot-tool-files.ts';
import { releaseOfPackage } from '../../core/kernels/kernel-packages.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import type { Context } from '../context.ts';
import { eachEsp } from './boot/mounted-esp.ts';
import { enoughSpace } from './enough-space.ts';

/**
 * Whether kernels that apt is about to install fit into `/boot` and onto each EFI system partition of proxmox-boot-tool, going by the largest
 * that is there: the hook of their package copies in place and leaves a torn file where there is no room.
 */
export async function roomForKernels(context: Context, packages: readonly string[]): Promise<Result<void>> {
  const releases = new Set(packages.flatMap((name) => releaseOfPackage(name) ?? []));
  if (releases.size === 0) return ok(undefined);
  const { host } = context;
  const bytes = releases.size * ((await largest(host, 'vmlinuz-')) + (await largest(host, 'initrd.img-')));
  const what = `${[...releases].sort().join(', ')} with its initramfs`;
  const boot = await enoughSpace(host, '/boot', bytes, what);
  if (!boot.ok) return boot;
  const list = await host.read(ESP_LIST);
  const uuids = list.kind === 'content' ? espUuids(list.value) : [];
  const room = await eachEsp(context, uuids, async (esp) => await enoughSpace(host, esp, bytes, what));
  return room.ok ? ok(undefined) : room;
}

async function largest(host: Host, prefix: string): Promise<number> {
  const listed = await host.list('/boot');
  const names = listed.kind === 'content' ? listed.value.filter((name) => name.startsWith(prefix)) : [];
  const sizes = await Promise.all(names.map(async (name) => await host.stat(`/boot/${name}`)));
  return Math.max(0, ...sizes.map((stat) => (stat.kind === 'content' ? stat.value.sizeBytes : 0)));
}
