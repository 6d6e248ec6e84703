// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan, Remark, Step } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import type { MdevInstance } from './mdev-instance.ts';

/** A device that nobody has open goes at once; this is how long the kernel may take on a busy node. */
const REMOVE_MS = 5000;

/**
 * Takes leftover mediated devices away, or the one that is named. Never one that is open, which would hang in the kernel: the executor looks once
 * more right before it writes.
 */
export function planMdevClean(instances: readonly MdevInstance[], uuid?: string): Result<Plan> {
  if (uuid !== undefined) return planOne(instances, uuid.toLowerCase());
  const leftovers = instances.filter(({ state }) => state === 'leftover');
  return ok({
    title: `take ${leftovers.length === 1 ? 'one leftover mediated device' : `${leftovers.length || 'the'} leftover mediated devices`} away`,
    steps: leftovers.map((one) => removeStep(one)),
    remarks: instances.flatMap(left),
  });
}

function planOne(instances: readonly MdevInstance[], uuid: string): Result<Plan> {
  const one = instances.find((instance) => instance.uuid === uuid);
  if (one === undefined)
    return problem('usage', `There is no mediated device ${uuid} on this node.`, { hint: 'See pveigpu mdev list.' });
  if (one.state === 'used' || one.state === 'leaving')
    return problem('vf.in-use', `The mediated device ${uuid} is open: ${one.because}.`, {
      hint: 'Stop that first: taking an open one away waits in the kernel without end.',
      where: uuid,
    });
  if (one.state === 'unclear')
    return problem('facts.unknown', `Whether the mediated device ${uuid} is in use is not known: ${one.because}.`, {
      hint: 'Run pveigpu as root on the node.',
      where: uuid,
    });
  const text = `${uuid} was not left over by Proxmox: ${one.because}.`;
  const remarks: readonly Remark[] = one.state === 'leftover' ? [] : [{ level: 'warning', id: 'mdev.not-leftover', text }];
  return ok({ title: `take the mediated device ${uuid} away`, steps: [removeStep(one)], remarks });
}

/** What `clean` leaves alone and somebody may wonder about. */
function left(one: MdevInstance): readonly Remark[] {
  if (one.state === 'used' || one.state === 'leftover' || one.state === 'kept') return [];
  const hint = one.state === 'foreign' ? `If nobody needs it: pveigpu mdev clean ${one.uuid}` : undefined;
  const text = `${one.uuid} stays: ${one.because}.`;
  return [{ level: 'note', id: `mdev.${one.state}`, text, ...(hint === undefined ? {} : { hint }) }];
}

function removeStep({ uuid, type, gpu, nodes, because }: MdevInstance): Step {
  const folder = `/sys/bus/mdev/devices/${uuid}`;
  return {
    action: 'writeSysfs',
    args: {
      path: `${folder}/remove`,
      value: '1',
      // Nobody wants it back; PVE makes a new one at the next start that needs one.
      undo: null,
      verify: { kind: 'absent', path: folder },
      timeoutMs: REMOVE_MS,
      mustBeFree: nodes,
    },
    reason: `${type ?? 'a mediated device'} of ${gpu} becomes free: ${because}`,
  };
}
