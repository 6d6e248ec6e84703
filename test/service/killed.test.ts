// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { detachedRun } from '../../src/app/engine/detached.ts';
import { type Demo, startDemo } from '../../src/service/demo/demo-server.ts';
import { type Served, startServer } from '../browser/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON of the other side
type Json = any;

async function ask({ address }: Demo, method: string, path: string, input?: object): Promise<Json> {
  const { token } = (await (await fetch(`${address}/demo/session`)).json()) as { token: string };
  const response = await fetch(`${address}/api2/json/nodes/pve/pveigpu/${path}`, {
    method,
    headers: method === 'GET' ? {} : { CSRFPreventionToken: token },
    ...(input === undefined ? {} : { body: new URLSearchParams({ input: JSON.stringify(input) }) }),
  });
  const { data, message }: Json = await response.json();
  if (!response.ok) throw new Error(message);
  return data;
}

/** The service of the same node, started again. */
async function again({ machine }: Served): Promise<Demo> {
  return await startDemo({ machine, persona: 'administrator', folders: {}, port: 0 });
}

test('an apply goes on when the service is gone in the middle of it, and is all there when it is back', async () => {
  const input = { mode: 'gvt-d' };
  const first = await startServer({ profile: 'raptor-lake-s-untouched' });
  const { machine } = first;
  const planned = await ask(first, 'POST', 'plan', input);
  await ask(first, 'POST', 'apply', { ...input, digest: planned.plan.digest });
  const { number } = detachedRun(1);
  const isDone = () => machine.node.machine.tree.text(detachedRun(number).exit) !== undefined;
  expect(isDone(), 'the run had ended before').toBe(false);
  await first.close();
  await machine.node.settled();
  expect(isDone()).toBe(true);
  const back = await again(first);
  const { runs } = await ask(back, 'GET', 'history');
  expect(runs.at(-1)).toMatchObject({ state: 'done', user: 'root@pam' });
  expect(machine.node.machine.tree.text(detachedRun(number).log)).toMatch(/\w/);
  const next = await ask(back, 'POST', 'plan', input);
  expect(next.plan.changes).toEqual([]);
  await back.close();
});

test('a second run is refused while the first one works, and leaves no trace', async () => {
  const served = await startServer({ profile: 'raptor-lake-s-untouched' });
  const input = { mode: 'gvt-d' };
  const planned = await ask(served, 'POST', 'plan', input);
  const digest = planned.plan.digest;
  const started = await Promise.allSettled([1, 2, 3].map(async () => await ask(served, 'POST', 'apply', { ...input, digest })));
  expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await served.machine.node.settled();
  const { runs } = await ask(served, 'GET', 'history');
  expect(runs).toHaveLength(1);
  await served.close();
});
