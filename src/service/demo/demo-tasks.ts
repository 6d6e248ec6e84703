// SPDX-License-Identifier: AGPL-3.0-or-later

/** What PVE's API says of a task. */
export interface TaskStatus {
  readonly upid: string;
  readonly node: string;
  readonly type: string;
  readonly id: string;
  readonly user: string;
  /** Seconds since 1970. */
  readonly starttime: number;
  readonly status: 'running' | 'stopped';
  /** `OK`, or what it died of; absent while it runs. */
  readonly exitstatus?: string;
}

interface Task {
  status: TaskStatus;
  readonly lines: string[];
}

/** Tasks as PVE keeps them: a UPID, a log by lines, and how each ended (pve-common, PVE::RESTEnvironment). */
export class DemoTasks {
  readonly #tasks = new Map<string, Task>();
  readonly #node: string;
  #pid = 4000;

  constructor(node: string) {
    this.#node = node;
  }

  /** Starts a task that runs on by itself; it ends well unless its work throws. Answers the UPID at once. */
  start(
    of: { readonly type: string; readonly id: string; readonly user: string },
    work: (say: (line: string) => void) => Promise<void>,
  ): string {
    const task = this.#add(of);
    const say = (line: string) => void task.lines.push(line);
    const end = (exitstatus: string) => {
      say(exitstatus === 'OK' ? 'TASK OK' : `TASK ERROR: ${exitstatus}`);
      task.status = { ...task.status, status: 'stopped', exitstatus };
    };
    work(say).then(
      () => end('OK'),
      (error: unknown) => end(error instanceof Error ? error.message : String(error)),
    );
    return task.status.upid;
  }

  /** Takes in a task that has ended already. Answers its UPID. */
  add(
    of: { readonly type: string; readonly id: string; readonly user: string },
    { log, exitStatus }: { readonly log: readonly string[]; readonly exitStatus: string },
  ): string {
    const task = this.#add(of);
    task.lines.push(...log);
    task.status = { ...task.status, status: 'stopped', exitstatus: exitStatus };
    return task.status.upid;
  }

  status(upid: string): TaskStatus | undefined {
    return this.#tasks.get(upid)?.status;
  }

  /** All tasks, the newest first. */
  all(): readonly TaskStatus[] {
    return [...this.#tasks.values()].map(({ status }) => status).reverse();
  }

  /** Lines from `start` on (0 is the first), numbered from 1 as PVE does. */
  log(upid: string, start: number, limit: number): readonly { readonly n: number; readonly t: string }[] | undefined {
    const lines = this.#tasks.get(upid)?.lines;
    return lines?.slice(start, start + limit).map((t, at) => ({ n: start + at + 1, t }));
  }

  #add({ type, id, user }: { readonly type: string; readonly id: string; readonly user: string }): Task {
    this.#pid += 1;
    const starttime = Math.floor(Date.now() / 1000);
    const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');
    const upid = `UPID:${this.#node}:${hex(this.#pid)}:${hex(this.#pid * 16)}:${hex(starttime)}:${type}:${id}:${user}:`;
    const task: Task = { status: { upid, node: this.#node, type, id, user, starttime, status: 'running' }, lines: [] };
    this.#tasks.set(upid, task);
    return task;
  }
}
