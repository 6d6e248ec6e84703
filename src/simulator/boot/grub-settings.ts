// SPDX-License-Identifier: AGPL-3.0-or-later
import { inGrubOrder } from '../../core/boot/grub-defaults.ts';
import { evaluateShell } from '../../core/boot/shell-assignments.ts';
import { shellText } from '../../core/boot/shell-word.ts';
import type { FileTree } from '../../core/files/file-tree.ts';

/** The variables of grub-mkconfig that the simulated menu depends on; empty when nobody set them. */
export interface GrubSettings {
  readonly default: string;
  readonly timeout: string;
  /** Parameters of every entry. */
  readonly cmdline: string;
  /** Parameters of entries that are not for recovery. */
  readonly cmdlineDefault: string;
  readonly disableRecovery: string;
  readonly disableSubmenu: string;
}

/**
 * What `/etc/default/grub` and then `/etc/default/grub.d/*.cfg` set (grub util/grub-mkconfig.in), or the message with which the
 * shell stops. Throws for a file that does more than the evaluator can know, since the simulated node must not guess.
 */
export function grubSettings(tree: FileTree): GrubSettings | { readonly failure: string } {
  const snippets = (tree.names('/etc/default/grub.d') ?? []).map((name) => `/etc/default/grub.d/${name}`);
  const files = ['/etc/default/grub', ...snippets].flatMap((path) => {
    const text = tree.text(path);
    return text === undefined ? [] : [{ path, text }];
  });
  const state = evaluateShell(inGrubOrder(files));
  const [failure] = state.failures;
  if (failure !== undefined) return { failure: `${failure.line}: ${failure.path}: ${failure.text.trim()}: not found` };
  const value = (name: string): string => {
    const text = shellText(state.valueOf(name));
    if (text === undefined)
      throw new Error(`the simulated shell does not know what ${name} is in ${files.map(({ path }) => path).join(', ')}`);
    return text;
  };
  return {
    default: value('GRUB_DEFAULT'),
    timeout: value('GRUB_TIMEOUT'),
    cmdline: value('GRUB_CMDLINE_LINUX'),
    cmdlineDefault: value('GRUB_CMDLINE_LINUX_DEFAULT'),
    disableRecovery: value('GRUB_DISABLE_RECOVERY'),
    disableSubmenu: value('GRUB_DISABLE_SUBMENU'),
  };
}
