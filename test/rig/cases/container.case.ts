// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, expect, test } from 'vitest';
import { DISTRIBUTIONS } from '../../core/container/group-files.ts';
import { type Container, startNewContainers, stopContainer } from '../product/container.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { installPveTools } from '../product/pve-tools.ts';
import { FULL, withMachine } from './with-machine.ts';

const NODE = '/dev/dri/renderD128';

/** Each distribution unprivileged and privileged, with the id of the group that its render nodes want. */
const ALL = DISTRIBUTIONS.flatMap(({ name, ostype, groups, gid }, at) =>
  [true, false].map((unprivileged, kind) => {
    const container: Container = { id: 200 + 2 * at + kind, unprivileged, ostype, groups };
    return { title: `${name}, ${unprivileged ? 'unprivileged' : 'privileged'}`, gid, container };
  }),
);
/** By default Debian 12 privileged and Debian 13 unprivileged, whose ids differ. */
const TRIED = FULL ? ALL : ALL.slice(1, 3);

withMachine('containers', { mode: 'fast' }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await installPveTools(machine());
    await machine().must(`${EMPTY_PVE_NODE}\nmodprobe i915`);
    await startNewContainers(
      machine(),
      TRIED.map(({ container }) => container),
    );
  });

  /** What root, a user in that group and one in another get who open the node in a container. */
  async function opened(id: number, gid: number): Promise<readonly string[]> {
    const as = (words: string) => `pct exec ${id} -- setpriv ${words} --clear-groups sh -c ': <> ${NODE}' 2>&1 && echo opened`;
    const script = [as('--regid 0'), as(`--reuid 1000 --regid ${gid}`), as('--reuid 1000 --regid 1234')];
    return (await machine().must(`${script.join('\n')}\ntrue`)).trim().split('\n');
  }

  test.each(TRIED)('$title: the node is for the group as it is numbered inside', async ({ gid, container: { id } }) => {
    const assigned = await pveigpu(machine(), `assign ${id} --yes`);
    expect(assigned.code, assigned.stdout + assigned.stderr).toBe(0);
    expect(assigned.stdout).toContain(`dev0: ${NODE},gid=${gid},mode=0660,uid=0`);
    // The stand-in of pct adds no device to a container that runs, as PVE may.
    expect((await opened(id, gid)).join()).not.toContain('opened');
    await machine().must(`${stopContainer(id)}; pct-start ${id}`);
    const refused = expect.stringContaining('Permission denied');
    expect(await opened(id, gid)).toEqual(['opened', 'opened', refused]);
  });

  test.runIf(FULL)('all of them have the GPU at once, and give it back', async () => {
    const [first] = TRIED;
    const id = first?.container.id ?? 0;
    const shown = await pveigpu(machine(), 'assignments --json');
    expect(shown.code, shown.stderr).toBe(0);
    for (const { container } of TRIED) expect(shown.stdout).toContain(`"vmid": ${container.id}`);
    expect((await pveigpu(machine(), `unassign ${id} --yes`)).code).toBe(0);
    await machine().must(`${stopContainer(id)}; pct-start ${id}`);
    expect(await machine().must(`cat /etc/pve/lxc/${id}.conf`)).not.toContain('dev0');
  });

  test.runIf(FULL)('a node that is gone is explained before PVE is asked, and mended when it is back', async () => {
    const id = TRIED.at(-1)?.container.id ?? 0;
    await machine().must(`${stopContainer(id)}; modprobe -r i915`);
    expect(await machine().shell(`pct-start ${id}`)).toMatchObject({ stderr: `Device ${NODE} does not exist\n` });
    const shown = await pveigpu(machine(), 'assignments');
    expect(shown.stdout).toContain(`dev0 of container ${id}: ${NODE} does not exist now`);
    await machine().must(`modprobe i915; pct-start ${id}`);
  });
});
