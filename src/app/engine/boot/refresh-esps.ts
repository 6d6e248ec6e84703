// SPDX-License-Identifier: AGPL-3.0-or-later
import { ESP_LIST, espUuids, firstLine, selectedKernels } from '../../../core/boot/boot-tool-files.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { Host } from '../../../ports/host.ts';
import type { EngineContext } from '../executor.ts';
import { runProgram } from '../run-program.ts';
import { updateCopies } from './boot-copies.ts';
import { makeGrubConfig } from './make-grub-config.ts';
import { eachEsp } from './mounted-esp.ts';
import { nextKernel, writeGrubPin } from './pinned-kernel.ts';
import { removeOldFiles, updateSystemdBoot } from './systemd-boot-files.ts';

const LIST_MS = 60_000;

/**
 * Brings every EFI system partition of proxmox-boot-tool to what its `refresh` would make of it, but with each file replaced as a
 * whole: `refresh` copies all kernels over their old copies in place (ADR 16).
 */
export async function refreshEsps(context: EngineContext): Promise<Result<void>> {
  const { host } = context;
  const listed = await runProgram(context, ['proxmox-boot-tool', 'kernel', 'list'], {
    timeoutMs: LIST_MS,
    aim: 'list the kernels to boot',
  });
  if (!listed.ok) return listed;
  const selected = selectedKernels(listed.value.stdout);
  const releases = await complete(host, selected);
  if (releases.length === 0)
    return problem(
      'plan.failed',
      'proxmox-boot-tool names no kernel that lies in /boot, so nothing was changed on the partitions.',
    );
  const list = await host.read(ESP_LIST);
  if (list.kind !== 'content') return problem('host.read', `${ESP_LIST} cannot be read.`, { where: ESP_LIST });
  const refreshed = await eachEsp(
    context,
    espUuids(list.value),
    async (esp) => await refreshOne(context, esp, releases, selected),
  );
  if (!refreshed.ok) return refreshed;
  return refreshed.value.includes('refreshed')
    ? ok(undefined)
    : problem('plan.failed', 'None of the EFI system partitions of proxmox-boot-tool is there and prepared.', {
        hint: 'proxmox-boot-tool status shows what is wrong.',
        where: ESP_LIST,
      });
}

/** Kernels without their files in `/boot` are skipped, as the tool does. */
async function complete(host: Host, releases: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const release of releases) {
    const files = [await host.stat(`/boot/vmlinuz-${release}`), await host.stat(`/boot/initrd.img-${release}`)];
    if (files.every(({ kind }) => kind === 'content')) found.push(release);
  }
  return found;
}

/** Copies of a selected kernel stay also where `/boot` has not all of it: they may be what still starts it (zz-proxmox-boot keeps them too). */
async function refreshOne(
  context: EngineContext,
  esp: string,
  releases: readonly string[],
  selected: readonly string[],
): Promise<Result<'refreshed' | 'skipped'>> {
  const { host } = context;
  const isThere = async (path: string) => (await host.stat(path)).kind === 'content';
  const isGrub = !(await isThere('/sys/firmware/efi')) || (await isThere(`${esp}/EFI/proxmox/grubx64.efi`));
  const folderOf = (release: string) => (isGrub ? esp : `${esp}/EFI/proxmox/${release}`);
  const mark = isGrub ? `${esp}/grub` : `${esp}/loader/loader.conf`;
  if (!(await isThere(mark))) {
    // The tool passes it over too: nothing starts from it, and the others are to be brought up to date.
    context.log.warn(`${mark} is not there, so this partition was not prepared by proxmox-boot-tool and is passed over.`);
    return ok('skipped');
  }
  const next = await nextKernel(host);
  if (!next.ok) return next;
  const copies = releases.flatMap((release) =>
    [`vmlinuz-${release}`, `initrd.img-${release}`].map((name) => ({
      from: `/boot/${name}`,
      to: `${folderOf(release)}/${name}`,
    })),
  );
  const copied = await updateCopies(context, esp, copies);
  if (!copied.ok) return copied;
  if (!isGrub) {
    const cmdline = await host.read('/etc/kernel/cmdline');
    const words = cmdline.kind === 'content' ? firstLine(cmdline.value) : null;
    const updated = await updateSystemdBoot(context, esp, { releases, kept: selected, cmdline: words, next: next.value });
    return updated.ok ? ok('refreshed') : updated;
  }
  const pinned = await writeGrubPin(context, next.value);
  const made = pinned.ok ? await makeGrubConfig(context, esp) : pinned;
  const removed = made.ok ? await removeOldFiles(context, esp, selected) : made;
  return removed.ok ? ok('refreshed') : removed;
}
