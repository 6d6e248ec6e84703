// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { EngineContext } from '../executor.ts';
import { runProgram } from '../run-program.ts';

/** grub-mkconfig may look for other systems on all disks. */
const MAKE_MS = 10 * 60_000;
/** Beside grub.cfg, which it replaces. */
const DRAFT = 'pveigpu.cfg';

/**
 * The kernels of an EFI system partition are those of `/boot` for grub-mkconfig, in a mount namespace that ends with it. The variable
 * keeps proxmox-kernel-helper's part of GRUB's configuration (000_proxmox_boot_header) from starting a refresh of its own.
 */
const ON_ESP = `mount --bind "$1" /boot && exec grub-mkconfig -o /boot/grub/${DRAFT}`;

/**
 * Makes grub.cfg anew for the root file system, or for an EFI system partition mounted at `esp`. grub-mkconfig writes over its
 * target in place, which a power cut leaves torn, so its target is a draft that then takes grub.cfg's place as a whole (ADR 16).
 */
export async function makeGrubConfig(context: EngineContext, esp?: string): Promise<Result<void>> {
  const { host } = context;
  const folder = esp === undefined ? '/boot/grub' : `${esp}/grub`;
  const argv: readonly [string, ...string[]] =
    esp === undefined
      ? ['grub-mkconfig', '-o', `${folder}/${DRAFT}`]
      : ['env', 'PVE_EFIBOOT_UNSHARED=1', 'unshare', '--mount', '--propagation', 'private', 'sh', '-c', ON_ESP, 'sh', esp];
  const ran = await runProgram(context, argv, { timeoutMs: MAKE_MS, aim: 'make the configuration of GRUB' });
  const replaced = ran.ok ? await replaceBy(context, `${folder}/${DRAFT}`, `${folder}/grub.cfg`) : ran;
  await host.remove(`${folder}/${DRAFT}`);
  return replaced;
}

async function replaceBy({ host }: EngineContext, draft: string, target: string): Promise<Result<void>> {
  const made = await host.readBytes(draft);
  if (made.kind !== 'content') return problem('plan.failed', `grub-mkconfig made no ${draft}.`, { where: draft });
  const text = new TextDecoder().decode(made.value);
  if (!/^\s*menuentry /m.test(text) || !/^\s*linux(?:efi|16)?\s/m.test(text))
    return problem('plan.failed', 'The new configuration of GRUB starts no kernel, so the old one was kept.', {
      hint: 'Run grub-mkconfig and look at its messages.',
      where: target,
    });
  const old = await host.readBytes(target);
  const isSame = old.kind === 'content' && new TextDecoder().decode(old.value) === text;
  return isSame ? ok(undefined) : await host.writeAtomic(target, made.value, { mode: 0o600 });
}
