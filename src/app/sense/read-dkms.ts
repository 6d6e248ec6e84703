// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ModuleFacts } from '../../core/facts/kernel-facts.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { listOptional } from './attribute.ts';

const TREE = '/var/lib/dkms';

type DkmsPackage = ModuleFacts['dkms'][number];

/**
 * What DKMS knows: `/var/lib/dkms/NAME/VERSION` has a `source` link, and `KERNEL/ARCH/module` where it is built (dkms(8)).
 * A version without kernels is `added` only, so the stock driver runs.
 */
export async function readDkms(host: Host): Promise<readonly DkmsPackage[]> {
  const names = await listOptional(host, TREE);
  const packages = await Promise.all(
    names.map(async (name) => {
      const versions = await listOptional(host, `${TREE}/${name}`);
      // `kernel-<release>-<arch>` links to the installed version, `original_module` keeps what was replaced.
      const own = versions.filter((version) => !version.startsWith('kernel-') && version !== 'original_module');
      return Promise.all(own.map((version) => readVersion(host, name, version)));
    }),
  );
  return packages.flat(2);
}

async function readVersion(host: Host, name: string, version: string): Promise<readonly DkmsPackage[]> {
  const path = `${TREE}/${name}/${version}`;
  const entries = await listOptional(host, path);
  if (!entries.includes('source')) return [];
  // `source` leads into the package's own tree and `build` is where dkms compiles: neither is a kernel.
  const kernels = entries.filter((entry) => entry !== 'source' && entry !== 'build');
  const built = await Promise.all(
    kernels.map(async (kernel) => {
      const architectures = await listOptional(host, `${path}/${kernel}`);
      const modules = await Promise.all(architectures.map((arch) => listOptional(host, `${path}/${kernel}/${arch}/module`)));
      return modules.some((files) => files.length > 0) ? [visible(kernel)] : [];
    }),
  );
  return [{ name: visible(name), version: visible(version), kernels: built.flat() }];
}
