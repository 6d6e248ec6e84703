// SPDX-License-Identifier: AGPL-3.0-or-later
import { loaderEntry, withDefaultKernel, withParameters } from '../../../core/boot/boot-tool-files.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { Context } from '../../context.ts';
import { updateText } from './boot-copies.ts';

/** What systemd-boot is to offer. */
export interface Offer {
  readonly releases: readonly string[];
  /** Kernels whose copies stay, those among them that cannot be copied anew. */
  readonly kept: readonly string[];
  /** Kernel parameters; null when `/etc/kernel/cmdline` is not there, then entries keep theirs. */
  readonly cmdline: string | null;
  /** The kernel to start by default, null for the newest. */
  readonly next: string | null;
}

/** Writes the entries of the kernels, the default, and removes kernels that are no longer to be there; each file as a whole. */
export async function updateSystemdBoot(context: Context, esp: string, offer: Offer): Promise<Result<void>> {
  const { host } = context;
  const { releases, kept, cmdline, next } = offer;
  if (cmdline !== null && !/(?:^|\s)root=/.test(cmdline))
    return problem('plan.failed', '/etc/kernel/cmdline names no root=, so a kernel started with it would not find its system.', {
      hint: 'Put root= back as it stands in /proc/cmdline.',
      where: '/etc/kernel/cmdline',
    });
  for (const release of releases) {
    const path = `${esp}/loader/entries/proxmox-${release}.conf`;
    const old = await host.read(path);
    if (old.kind === 'unreadable') return problem('host.read', `${path} cannot be read: ${old.errno}.`, { where: path });
    const text =
      old.kind === 'absent'
        ? await newEntry(context, release, cmdline)
        : ok(cmdline === null ? old.value : withParameters(old.value, cmdline));
    const folder = await host.mkdir(`${esp}/loader/entries`);
    if (!text.ok) return text;
    const written = folder.ok ? await updateText(context, path, text.value) : folder;
    if (!written.ok) return written;
  }
  const path = `${esp}/loader/loader.conf`;
  const conf = await host.read(path);
  if (conf.kind !== 'content') return problem('host.read', `${path} cannot be read.`, { where: path });
  const set = await updateText(context, path, withDefaultKernel(conf.value, next));
  return set.ok ? await removeOldEntries(context, esp, kept) : set;
}

/** Kernels of GRUB lie beside each other; what is not to be there goes, once grub.cfg no longer names it. */
export async function removeOldFiles({ host }: Context, esp: string, kept: readonly string[]): Promise<Result<void>> {
  const names = await host.list(esp);
  for (const name of names.kind === 'content' ? names.value : []) {
    const release = /^(?:vmlinuz|initrd\.img)-(.+)$/.exec(name)?.[1];
    if (release === undefined || kept.includes(release)) continue;
    const gone = await host.remove(`${esp}/${name}`);
    if (!gone.ok) return gone;
  }
  return ok(undefined);
}

async function newEntry({ host }: Context, release: string, cmdline: string | null): Promise<Result<string>> {
  if (cmdline === null)
    return problem(
      'plan.failed',
      `/etc/kernel/cmdline is not there, so the parameters of the new kernel ${release} are not known.`,
      {
        hint: 'Write the parameters of /proc/cmdline into it, without initrd=.',
        where: '/etc/kernel/cmdline',
      },
    );
  const pve = await host.stat('/etc/pve');
  return ok(loaderEntry(pve.kind === 'content' ? 'Proxmox Virtual Environment' : 'Proxmox', release, cmdline));
}

/** First the entry, then what it leads to, so that none leads nowhere. */
async function removeOldEntries({ host }: Context, esp: string, kept: readonly string[]): Promise<Result<void>> {
  const names = await host.list(`${esp}/EFI/proxmox`);
  for (const release of names.kind === 'content' ? names.value : []) {
    const folder = `${esp}/EFI/proxmox/${release}`;
    if (kept.includes(release) || (await host.stat(folder)).kind !== 'content') continue;
    const files = await host.list(folder);
    if (files.kind !== 'content' || !files.value.includes(`vmlinuz-${release}`)) continue;
    const paths = [`${esp}/loader/entries/proxmox-${release}.conf`, ...files.value.map((name) => `${folder}/${name}`), folder];
    for (const path of paths) {
      const gone = await host.remove(path);
      if (!gone.ok) return gone;
    }
  }
  return ok(undefined);
}
