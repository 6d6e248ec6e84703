// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../facts/guest-facts.ts';

/** A start of a guest in PVE's lists of tasks. */
export interface StartTask {
  readonly upid: string;
  readonly vmid: number;
  readonly kind: GuestKind;
  readonly startSec: number;
  /** How it ended: `OK`, `WARNINGS: 2`, or a message; undefined while it runs, or where the list does not say yet. */
  readonly status: string | undefined;
}

/** Where PVE keeps its tasks (pve-common RESTEnvironment.pm). */
export const TASKS = '/var/log/pve/tasks';

/** The lists: finished tasks, those before them, and what runs with the newest finished ones. */
export const TASK_LISTS: readonly string[] = ['index.1', 'index', 'active'];

const KINDS: { readonly [type: string]: GuestKind } = { qmstart: 'qemu', vzstart: 'lxc' };

/** `UPID:NODE:PID:PSTART:STARTTIME:TYPE:ID:USER:`, numbers in hex (pve-common UPID.pm); no part can lead to another folder. */
const UPID =
  /^UPID:([A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?):[0-9A-F]{8,9}:[0-9A-F]{8,9}:([0-9A-F]{8}):(\w{1,40}):(\d{3,9}):([^:/\s]{1,120}):$/;

/** The newest start of each guest that the lists name; `active` has a mark between the UPID and the end. */
export function newestStarts(lists: readonly string[]): readonly StartTask[] {
  const newest = new Map<string, StartTask>();
  for (const line of lists.flatMap((text) => text.split('\n'))) {
    const task = startTask(line);
    if (task === undefined) continue;
    const key = `${task.kind} ${task.vmid}`;
    const known = newest.get(key);
    if (known === undefined || task.startSec > known.startSec || (task.startSec === known.startSec && known.status === undefined))
      newest.set(key, task);
  }
  return [...newest.values()].sort((a, b) => b.startSec - a.startSec);
}

function startTask(line: string): StartTask | undefined {
  const [, upid = '', rest = ''] = /^(UPID:\S+)(?:\s(.*))?$/.exec(line) ?? [];
  const [, , start = '', type = '', id = ''] = UPID.exec(upid) ?? [];
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined) return undefined;
  // index: `ENDTIME STATUS`; active: `SAVED ENDTIME STATUS`, or `SAVED` alone while it runs.
  const status = /^(?:[01]\s)?[0-9A-Fa-f]{8}\s(\S.*)$/.exec(rest)?.[1];
  return { upid, vmid: Number(id), kind, startSec: Number.parseInt(start, 16), status };
}

/** The log of a task: in the folder of the last hex digit of its start. */
export function taskLog({ upid }: Pick<StartTask, 'upid'>): string {
  const digit = UPID.exec(upid)?.[2]?.slice(-1) ?? '0';
  return `${TASKS}/${digit}/${upid}`;
}

/** Whether PVE notes an end as a success. */
export function endedWell(status: string): boolean {
  return status === 'OK' || /^WARNINGS: \d+$/.test(status);
}

/** How a task ended by the last line of its log (pve-common UPID.pm, upid_read_status); undefined while it runs. */
export function statusOfLog(log: string): string | undefined {
  const last = log.trimEnd().split('\n').at(-1) ?? '';
  if (last === 'TASK OK') return 'OK';
  return /^TASK (?:ERROR: (.+)|(WARNINGS: \d+))$/
    .exec(last)
    ?.slice(1)
    .find((part) => part !== undefined);
}
