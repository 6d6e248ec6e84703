// SPDX-License-Identifier: AGPL-3.0-or-later
import { activeLoader, configuredParameters } from '../../boot/active-loader.ts';
import { KERNEL_CMDLINE } from '../../boot/detect-loaders.ts';
import { GRUB_DEFAULTS } from '../../boot/grub-defaults.ts';
import type { LoaderFacts, LoaderKind } from '../../facts/boot-facts.ts';
import type { HostFacts } from '../../facts/host-facts.ts';
import { ifKnown } from '../../facts/section.ts';

/** Words of the kernel command line that decide what a GPU can do: IOMMU, graphics drivers, VFIO, and modules that are kept away. */
const GPU_WORD =
  /^(intel_iommu|iommu|i915\.|xe\.|vfio|kvmgt\.|module_blacklist=|modprobe\.blacklist=|pcie_acs_override=|initcall_blacklist=|pci=\S*realloc|nomodeset)/;

/** Those of some words that bear on a GPU, each once. */
export function gpuWords(words: readonly string[]): readonly string[] {
  return [...new Set(words.filter((word) => GPU_WORD.test(word)))];
}

/** What a loader is called. */
export const LOADER_NAMES: { readonly [K in LoaderKind]: string } = { grub: 'GRUB', 'systemd-boot': 'systemd-boot' };

/** What writes the files that a loader reads when it starts, from its configuration. */
export function refreshCommand({ kind, tool }: Pick<LoaderFacts, 'kind' | 'tool'>): string {
  if (tool) return 'proxmox-boot-tool refresh';
  return kind === 'grub' ? 'update-grub' : 'kernel-install add-all';
}

/** The file that a person edits for a loader. */
export function configurationOf(kind: LoaderKind): string {
  return kind === 'grub' ? GRUB_DEFAULTS : KERNEL_CMDLINE;
}

/** What the running kernel was given, and what the loader that gave it has for the next boot. */
export interface BootWords {
  readonly loader: LoaderFacts;
  readonly booted: string;
  /** Words of {@link GPU_WORD} on the running command line. */
  readonly bootedWords: readonly string[];
  readonly next: readonly string[];
}

/** Both command lines, as far as they can be told; undefined where the loader or its configuration is not known. */
export function bootWords(facts: HostFacts): BootWords | undefined {
  const [boot, kernel] = [ifKnown(facts.boot), ifKnown(facts.kernel)];
  const loader = boot === undefined ? undefined : activeLoader(boot);
  const next = loader === undefined ? undefined : configuredParameters(facts, loader);
  if (loader === undefined || next === undefined || kernel === undefined) return undefined;
  return { loader, booted: kernel.cmdline, bootedWords: gpuWords(kernel.cmdline.split(/\s+/)), next };
}
