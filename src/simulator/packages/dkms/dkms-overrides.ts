// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import type { DkmsModule } from './dkms-tree.ts';

/** What an administrator's files below `/etc/dkms` add to a `dkms.conf` (dkms(8), "DKMS.CONF OVERRIDES"). */
export interface DkmsOverrides {
  /** `BUILD_EXCLUSIVE_KERNEL`, the last one that is set. */
  readonly exclusiveKernel?: string;
  /** `PATCH[...]`, file names below `patches/` of the source. */
  readonly patches: readonly string[];
}

/** Reads the overrides of one module and kernel in the order in which dkms sources them. Only two settings are known. */
export function dkmsOverrides(tree: FileTree, { name, version }: DkmsModule, release: string): DkmsOverrides {
  const files = [`${name}.conf`, `${name}-${version}.conf`, `${name}-${version}-${release}.conf`];
  const patches: string[] = [];
  let exclusiveKernel: string | undefined;
  for (const file of files) {
    for (const line of (tree.text(`/etc/dkms/${file}`) ?? '').split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const patch = /^PATCH\[\$\{#PATCH\[@\]\}\]="([^"/]+)"$/.exec(line)?.[1];
      const exclusive = /^BUILD_EXCLUSIVE_KERNEL="(.*)"$/.exec(line)?.[1];
      if (patch !== undefined) patches.push(patch);
      else if (exclusive !== undefined) exclusiveKernel = exclusive;
      else throw new Error(`the simulated dkms does not know "${line}" of /etc/dkms/${file}`);
    }
  }
  return { patches, ...(exclusiveKernel === undefined ? {} : { exclusiveKernel }) };
}

/** Compilers at once, of `framework.conf.d` (dkms(8), `parallel_jobs`); undefined where nobody set it. */
export function parallelJobs(tree: FileTree): string | undefined {
  const folder = '/etc/dkms/framework.conf.d';
  const texts = (tree.names(folder) ?? []).map((file) => tree.text(`${folder}/${file}`) ?? '');
  return /^parallel_jobs="(\d+)"$/m.exec(texts.join('\n'))?.[1];
}

/** `patch -p1` in a folder: what stands in the log, and whether it could be applied. Every hunk must fit exactly. */
export function applyPatch(tree: FileTree, folder: string, patch: string): { readonly log: string; readonly ok: boolean } {
  let log = '';
  for (const part of patch.split(/^(?=--- )/m)) {
    const path = /^\+\+\+ [^/\n]+\/(\S+)/m.exec(part)?.[1];
    if (path === undefined) continue;
    const file = `${folder}/${path}`;
    let text = tree.text(file);
    if (text === undefined) return { log: `${log}can't find file to patch at input line 3\n`, ok: false };
    log += `patching file ${path}\n`;
    for (const [index, hunk] of part
      .split(/^@@ .*\n/m)
      .slice(1)
      .entries()) {
      const lines = hunk.split('\n').filter((line) => /^[ +-]/.test(line));
      const side = (mark: string) => lines.flatMap((line) => (line.startsWith(mark) ? [] : [`${line.slice(1)}\n`])).join('');
      const [old, fresh] = [side('+'), side('-')];
      if (!text.includes(old)) return { log: `${log}Hunk #${index + 1} FAILED at 1.\n`, ok: false };
      text = text.replace(old, () => fresh);
    }
    tree.setFile(file, text);
  }
  return { log, ok: true };
}
