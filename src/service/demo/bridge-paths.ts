// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Request } from 'express';
import { detachedRun } from '../../app/engine/detached.ts';
import { followDetached } from '../../app/engine/follow-detached.ts';
import { listPools } from '../../app/pool.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { SimulatedContext } from '../../main/compose.ts';
import type { AnyRoute } from '../route.ts';
import { answerRoute } from '../service.ts';
import type { DemoTasks } from './demo-tasks.ts';
import { callerOf, type Persona } from './personas.ts';
import { type PveAnswer, pveFailure } from './pve-form.ts';

/** Answers a path of ours as the bridge does in PVE's API daemon: privileges by path, the input as JSON text, and what starts work as a task. */
export async function answerAsBridge(
  machine: SimulatedContext,
  one: AnyRoute,
  request: Request,
  { who, tasks }: { readonly who: Persona; readonly tasks: DemoTasks },
): Promise<PveAnswer> {
  const node = machine.node.machine.nodeName;
  const { vmid } = request.params;
  const { pools } = await listPools(machine);
  const paths = [
    `/nodes/${node}`,
    ...(vmid === undefined ? [] : [`/vms/${vmid}`]),
    ...pools.map(({ id }) => `/mapping/pci/${id}`),
  ];
  const input = one.method === 'get' ? ok(request.query) : inputOf(request.body);
  if (!input.ok) return pveFailure(input.problem);
  const caller = ok(callerOf(who, paths));
  const answered = await answerRoute({ context: machine, node }, one, { caller, vmid, input: input.value });
  if (!answered.ok) return pveFailure(answered.problem);
  if (one.kind !== 'started') return { data: answered.value };
  const { run } = answered.value as { readonly run: number };
  const id = typeof vmid === 'string' ? vmid : one.path.slice(1);
  const work = async (say: (line: string) => void) => await follow(machine, run, say);
  return { data: tasks.start({ type: 'pveigpu', id, user: who.user }, work) };
}

function inputOf(body: unknown): Result<unknown> {
  const text = (body as { readonly input?: unknown } | undefined)?.input;
  if (typeof text !== 'string' || text === '') return ok(undefined);
  try {
    return ok(JSON.parse(text));
  } catch {
    return problem('usage', 'The body is no JSON object of a usable size.');
  }
}

/** Exit code 4 says that a reboot is awaited. */
async function follow(machine: SimulatedContext, run: number, say: (line: string) => void): Promise<void> {
  let text = '';
  const code = await followDetached(machine, detachedRun(run), (more) => {
    text += more;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) say(line);
  });
  if (text !== '') say(text);
  if (code !== 0 && code !== 4) throw new Error(`pveigpu ended with exit code ${code}`);
}
