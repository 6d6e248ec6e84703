// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import { readDeb } from '../deb-file.ts';
import { i915SriovDeb } from '../i915-sriov-deb.ts';
import { unpackFiles } from '../installed-files.ts';
import { CERTIFICATE, makeSigningKey, signModule } from '../module-signature.ts';
import { Output } from '../output.ts';
import { moduleText } from './dkms-build.ts';
import { installBuilt } from './dkms-install.ts';
import { ARCH, moduleHome } from './dkms-tree.ts';

/** Puts i915-sriov-dkms on the disk as if it had been installed and built for a kernel long ago. */
export function placeDkms(
  tree: FileTree,
  dkms: { readonly version: string; readonly modules: readonly string[] },
  release: string,
): void {
  const name = 'i915-sriov-dkms';
  const module = { name, version: dkms.version };
  const home = moduleHome(module);
  const deb = readDeb(i915SriovDeb(dkms.version));
  if (deb?.brings.kind === 'files') unpackFiles(tree, name, deb.brings);
  if (tree.text(CERTIFICATE) === undefined) makeSigningKey({ tree, nowMs: () => 0 });
  tree.setLink(`${home}/source`, `/usr/src/${name}-${dkms.version}`);
  for (const one of dkms.modules)
    tree.setFile(
      `${home}/${release}/${ARCH}/module/${one}.ko`,
      signModule(moduleText(tree, module, one, release), tree.text(CERTIFICATE) ?? ''),
    );
  installBuilt(tree, new Output(), module, release);
}
