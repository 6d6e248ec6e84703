// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../../app/context.ts';
import { wholeDisplays } from '../../core/vf/whole-displays.ts';
import { simulatedMachines } from '../../main/compose.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';

type Values = (context: Context) => Promise<readonly string[]>;

/** What the shell may offer for each kind of value. Unreadable is no offer: completion never complains. */
const VALUES: { readonly [kind: string]: Values } = {
  vmid: async ({ host }) => [...(await vmids(host, 'qemu-server')), ...(await vmids(host, 'lxc'))],
  bdf: async ({ host }) => {
    const { sensePci } = await import('../../app/sense/sense-pci.ts');
    const pci = await sensePci(host);
    return pci.state === 'known' ? wholeDisplays(pci.value).map(({ bdf }) => bdf) : [];
  },
  pool: async ({ host }) => {
    const { sensePools } = await import('../../app/sense/sense-pools.ts');
    const pools = await sensePools(host);
    return pools.state === 'known' ? pools.value.pools.map(({ id }) => id) : [];
  },
  profile: async () => (await simulatedMachines()).map(({ name }) => name),
};

export async function run({ args, io, context }: Call): Promise<number> {
  const [kind = ''] = args;
  const values = Object.hasOwn(VALUES, kind) ? VALUES[kind] : undefined;
  if (values === undefined) return EXIT.usage;
  io.out((await values(await context())).map((value) => `${value}\n`).join(''));
  return EXIT.done;
}

async function vmids(host: Context['host'], folder: string): Promise<readonly string[]> {
  const { readLocalNode } = await import('../../app/sense/read-guest-files.ts');
  // Not by the link /etc/pve/qemu-server: a capture holds the files where the guests' sensor found them.
  const names = await host.list(`/etc/pve/nodes/${await readLocalNode(host)}/${folder}`);
  return names.kind === 'content' ? names.value.flatMap((name) => /^(\d+)\.conf$/.exec(name)?.[1] ?? []) : [];
}
