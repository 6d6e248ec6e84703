// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BootFacts, LoaderFacts } from '../facts/boot-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { KERNEL_CMDLINE } from './detect-loaders.ts';
import { GRUB_DEFAULTS, grubWords, inGrubOrder } from './grub-defaults.ts';
import { kernelCmdlineWords } from './settle-kernel-cmdline.ts';
import { evaluateShell } from './shell-assignments.ts';

/** The loader that started this boot; undefined when nothing tells. */
export function activeLoader(boot: BootFacts): LoaderFacts | undefined {
  return boot.loaders.find(({ active }) => active === true);
}

/**
 * The parameters that the active loader's configuration has for the next boot, without the ones that the loader adds of its own.
 * Undefined when that cannot be told: the loader is not known, or only a shell could tell a part.
 */
export function effectiveParameters(facts: HostFacts): readonly string[] | undefined {
  const boot = ifKnown(facts.boot);
  const loader = boot === undefined ? undefined : activeLoader(boot);
  return loader === undefined ? undefined : configuredParameters(facts, loader);
}

/** The parameters that the files of a loader have, whether it starts this machine or not. Undefined as with {@link effectiveParameters}. */
export function configuredParameters(
  facts: HostFacts,
  loader: Pick<LoaderFacts, 'kind' | 'tool'>,
): readonly string[] | undefined {
  const config = ifKnown(facts.config);
  if (config === undefined) return undefined;
  const files = config.files.map(({ path, base64 }) => ({ path, text: atob(base64) }));
  const kernelCmdline = files.find(({ path }) => path === KERNEL_CMDLINE)?.text;
  if (loader.kind === 'systemd-boot' && kernelCmdline === undefined) return undefined;
  if (loader.kind === 'grub' && !files.some(({ path }) => path === GRUB_DEFAULTS)) return undefined;
  const words =
    loader.kind === 'grub' ? grubWords(evaluateShell(inGrubOrder(files))) : kernelCmdlineWords(kernelCmdline ?? '', loader.tool);
  const end = words.findIndex(({ text }) => text === '--');
  const parameters = words.slice(0, end < 0 ? undefined : end);
  return parameters.every(({ known }) => known) ? parameters.map(({ text }) => text) : undefined;
}
