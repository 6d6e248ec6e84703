// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { listAssignments } from '../../src/app/assignments.ts';
import type { Bdf } from '../../src/core/pci/address.ts';
import { type Simulated, simulated } from './simulated.ts';

const IGPU = '0000:00:02.0' as Bdf;
const ARC = '0000:03:00.0' as Bdf;

const config = ({ node }: Simulated) => node.machine.tree.text('/etc/pve/nodes/pve/lxc/200.conf') ?? '';
const nodeOf = (machine: Simulated, bdf: Bdf) => {
  const found = machine.node.machine.tree.lookup(`/dev/dri/by-path/pci-${bdf}-render`);
  return 'path' in found ? found.path : '';
};

/** The drivers come up in another order, as may be at any boot. */
function swapNumbers({ node }: Simulated): void {
  const { kernel } = node.machine;
  const had = [IGPU, ARC].map((bdf) => [bdf, kernel.driverOf(bdf) ?? ''] as const);
  for (const [bdf, driver] of had) expect(kernel.write(`/sys/bus/pci/drivers/${driver}/unbind`, bdf)).toBe('ok');
  for (const [bdf, driver] of had.reverse()) expect(kernel.write(`/sys/bus/pci/drivers/${driver}/bind`, bdf)).toBe('ok');
}

async function share(machine: Simulated, gpu?: Bdf) {
  const request = { vmid: 200, ...(gpu === undefined ? {} : { gpu }), share: { gid: 992 } };
  const ended = await machine.assign(request);
  if (!ended.ok) throw new Error(`${ended.problem.message} ${ended.problem.hint}`);
  return ended.value;
}

describe('two Intel GPUs whose numbers are swapped', () => {
  test.each([
    ['the integrated GPU', IGPU, ARC],
    ['the card', ARC, IGPU],
  ])('%s: its entry is stale, and the one command mends it without --gpu', async (_, own, other) => {
    const machine = simulated('arc-pro');
    await share(machine, own);
    const before = nodeOf(machine, own);
    expect(config(machine)).toContain(`dev0: ${before},gid=992`);
    expect((await listAssignments(machine.context)).stale).toEqual([]);
    swapNumbers(machine);
    expect(nodeOf(machine, other)).toBe(before);
    const [stale] = (await listAssignments(machine.context)).stale;
    expect(stale?.text).toBe(`dev0 of container 200: ${before} belongs to ${other} now, and was given for ${own}.`);
    expect(stale?.remedy).toBe('pveigpu assign 200');
    const plans = await share(machine);
    expect(plans[0]?.remarks.map(({ text }) => text)).toContain(
      `dev0 of container 200: ${before} belongs to ${other} now, and was given for ${own}; it becomes ${nodeOf(machine, own)}, the render node of ${own}.`,
    );
    expect(config(machine)).toContain(`dev0: ${nodeOf(machine, own)},gid=992`);
    expect((await listAssignments(machine.context)).stale).toEqual([]);
    expect((await share(machine))[0]?.steps).toEqual([]);
    await machine.must('pct', 'start', '200');
  });

  test('a container with both: each entry gets its own GPU again', async () => {
    const machine = simulated('arc-pro');
    await share(machine, IGPU);
    await share(machine, ARC);
    swapNumbers(machine);
    expect((await listAssignments(machine.context)).stale).toHaveLength(2);
    await share(machine);
    expect(config(machine)).toContain(`dev0: ${nodeOf(machine, IGPU)},gid=992`);
    expect(config(machine)).toContain(`dev1: ${nodeOf(machine, ARC)},gid=992`);
  });

  test('a value that somebody changed since is theirs', async () => {
    const machine = simulated('arc-pro');
    await share(machine, IGPU);
    await machine.must('pct', 'set', '200', '--dev0', `${nodeOf(machine, ARC)},gid=44`);
    expect((await listAssignments(machine.context)).stale).toEqual([]);
  });
});
