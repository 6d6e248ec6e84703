// SPDX-License-Identifier: AGPL-3.0-or-later
import { firstLine, GRUB_PIN_SNIPPET, grubPinSnippet, NEXT_BOOT_PIN_FILE, PIN_FILE } from '../../../core/boot/boot-tool-files.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { Host } from '../../../ports/host.ts';
import type { Context } from '../../context.ts';
import { updateText } from './boot-copies.ts';

/** The pinned kernel, null when none is. */
export async function pinnedKernel(host: Host): Promise<Result<string | null>> {
  return await lineOf(host, PIN_FILE);
}

/** The kernel that the loader is to start next: the pin for one boot goes before the other. */
export async function nextKernel(host: Host): Promise<Result<string | null>> {
  const once = await lineOf(host, NEXT_BOOT_PIN_FILE);
  return !once.ok || once.value !== null ? once : await pinnedKernel(host);
}

/** Tells GRUB of the kernel to start, by the snippet that proxmox-boot-tool uses; with null GRUB chooses. */
export async function writeGrubPin(context: Context, release: string | null): Promise<Result<void>> {
  const { host } = context;
  if (release === null) return await host.remove(GRUB_PIN_SNIPPET);
  const config = await host.read('/boot/grub/grub.cfg');
  const snippet = grubPinSnippet(config.kind === 'content' ? config.value : '', release);
  if (snippet === null)
    return problem('plan.failed', `/boot/grub/grub.cfg does not tell how GRUB calls the kernel ${release}.`, {
      hint: 'Run update-grub and look at its messages.',
    });
  const folder = await host.mkdir(GRUB_PIN_SNIPPET.slice(0, GRUB_PIN_SNIPPET.lastIndexOf('/')));
  return folder.ok ? await updateText(context, GRUB_PIN_SNIPPET, snippet, 0o644) : folder;
}

async function lineOf(host: Host, path: string): Promise<Result<string | null>> {
  const read = await host.read(path);
  if (read.kind === 'unreadable') return problem('host.read', `${path} cannot be read: ${read.errno}.`, { where: path });
  return ok(read.kind === 'content' ? firstLine(read.value) : null);
}
