// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PanelApi } from './api.ts';

/** How a task ended. */
export interface TaskEnd {
  readonly ok: boolean;
  /** PVE's own words: `OK`, or what went wrong. */
  readonly exitStatus: string;
}

/** How a task is followed. */
export interface FollowOptions {
  readonly onLine: (line: string) => void;
  /** Waits between two looks. */
  readonly wait: () => Promise<void>;
}

/** Follows a task until it has stopped and all its log was told. */
export async function followTask(api: PanelApi, upid: string, { onLine, wait }: FollowOptions): Promise<TaskEnd> {
  let seen = 0;
  for (;;) {
    // The status first: what is logged before it says "stopped" is then in the log.
    const { status, exitstatus } = await api.taskStatus(upid);
    for (;;) {
      const lines = await api.taskLog(upid, seen);
      // PVE answers one line with this text while a log has none yet (PVE::Tools::dump_logfile).
      const real = lines.filter(({ t }) => seen > 0 || t !== 'no content');
      for (const { t } of real) onLine(t);
      seen += real.length;
      if (real.length === 0) break;
    }
    if (status === 'stopped') return { ok: /^(OK$|WARNINGS)/.test(exitstatus ?? ''), exitStatus: exitstatus ?? '' };
    await wait();
  }
}
