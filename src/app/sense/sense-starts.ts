// SPDX-License-Identifier: AGPL-3.0-or-later
import { known, type Section } from '../../core/facts/section.ts';
import type { FailedStart, StartFacts } from '../../core/facts/start-facts.ts';
import {
  endedWell,
  newestStarts,
  type StartTask,
  statusOfLog,
  TASK_LISTS,
  TASKS,
  taskLog,
} from '../../core/pve-tasks/start-tasks.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { readOptional, unreadable } from './attribute.ts';
import { inBatches } from './in-batches.ts';

/** PVE begins a new list at 50 kB; who has changed that is read in part. */
const LIST_BYTES = 512 * 1024;
const LOG_BYTES = 256 * 1024;
/** Logs that are read: the newest failures. */
const MOST_LOGS = 20;
const MOST_LINES = 100;
const LINE_LIMIT = 400;

/** The guests whose newest start on this node failed, with the end of the log. Files only; without PVE there is none. */
export async function senseStarts(host: Host): Promise<Section<StartFacts>> {
  const lists = await Promise.all(TASK_LISTS.map((name) => host.read(`${TASKS}/${name}`, { maxBytes: LIST_BYTES })));
  const failing = lists.find((read) => read.kind === 'unreadable');
  if (failing?.kind === 'unreadable') return unreadable(TASKS, failing.errno);
  const starts = newestStarts(lists.map((read) => (read.kind === 'content' ? read.value : '')));
  const open = starts.filter(({ status }) => status === undefined || !endedWell(status)).slice(0, MOST_LOGS);
  const looked = await inBatches(open, async (task) => await failedStart(host, task));
  return known({ failed: looked.flatMap((one) => one ?? []) });
}

async function failedStart(host: Host, task: StartTask): Promise<FailedStart | undefined> {
  const log = (await readOptional(host, taskLog(task), { maxBytes: LOG_BYTES })) ?? '';
  const status = task.status ?? statusOfLog(log);
  if (status === undefined || endedWell(status)) return undefined;
  const { vmid, kind, startSec } = task;
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return {
    vmid,
    kind,
    startSec,
    status: visible(status, LINE_LIMIT),
    lines: lines.slice(-MOST_LINES).map((line) => visible(line, LINE_LIMIT)),
  };
}
