// SPDX-License-Identifier: AGPL-3.0-or-later
import { guarded } from './guarded.ts';

/** Shows a task in PVE's own window, which follows its log; `done` hears whether it ended well, or that the window was closed before. The task goes on when the window is closed. */
export function showTask(upid: string, done: (isWell: boolean) => void): void {
  let isTold = false;
  const tell = (isWell: boolean) => {
    if (isTold) return;
    isTold = true;
    guarded('task', () => done(isWell));
  };
  Ext.create('Proxmox.window.TaskViewer', { autoShow: true, upid, taskDone: tell, listeners: { destroy: () => tell(false) } });
}
