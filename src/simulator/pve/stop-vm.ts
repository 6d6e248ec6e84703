// SPDX-License-Identifier: AGPL-3.0-or-later
import { applyPendingLikePve } from '../../core/guest/vm-rewrite.ts';
import type { Machine } from '../machine.ts';
import { hiddenState, readConf, runningPid, vmLock, withConfigLock } from './guest-state.ts';
import { runHook } from './hookscript.ts';
import { Die } from './perl-die.ts';
import { cleanupDevices, warnOnly } from './prepare-pci.ts';
import { Session } from './session.ts';
import { startLocked } from './start-vm.ts';
import { checkLock } from './update-vm.ts';

export interface StopOptions {
  /** Asks the guest to power off instead of ending QEMU. */
  readonly shutdown?: boolean;
  readonly forceStop?: boolean;
  readonly skiplock?: boolean;
}

/** Stops a VM (QemuServer.pm `vm_stop`): nothing happens to one that does not run. */
export async function stopVm(session: Session, vmid: number, options: StopOptions = {}): Promise<void> {
  await withConfigLock(session.machine, vmLock(vmid), session.warn, () => stopLocked(session, vmid, options));
}

/** The same for a caller that holds the lock. */
export async function stopLocked(session: Session, vmid: number, options: StopOptions): Promise<void> {
  const { machine } = session;
  const pid = runningPid(machine, vmid);
  if (pid === undefined) return;
  const { model } = session.loadVm(vmid);
  if (options.skiplock !== true) checkLock(model);
  const { values } = model.current;
  await runHook(session, values.get('hookscript'), vmid, 'pre-stop');
  const hidden = hiddenState(machine);
  if (options.shutdown === true && (hidden.deaf.has(vmid) || hidden.paused.has(vmid))) {
    if (options.forceStop !== true) throw new Die('VM quit/powerdown failed - got timeout\n');
    session.warn('VM still running - terminating now with SIGTERM\n');
  }
  machine.kernel.endProcess(pid);
  await cleanupVm(session, vmid, values, true);
}

/**
 * Tidies up after QEMU has ended (`vm_stop_cleanup`): files, devices, pending changes, then `post-stop`, once for each
 * successful start.
 */
async function cleanupVm(session: Session, vmid: number, values: ReadonlyMap<string, string>, pending: boolean): Promise<void> {
  const { tree } = session.machine;
  if (tree.get(`/run/qemu-server/${vmid}.cleanup`) === undefined) return;
  warnOnly(session, () => {
    for (const suffix of ['pid', 'qmp', 'vnc', 'qga', 'mon']) tree.remove(`/run/qemu-server/${vmid}.${suffix}`);
    cleanupDevices(session, vmid, values);
    if (!pending) return;
    const text = readConf(session.machine, vmid);
    const applied = applyPendingLikePve(text);
    if (applied !== text) session.saveVm(vmid, applied);
  });
  await runHook(session, values.get('hookscript'), vmid, 'post-stop');
  tree.remove(`/run/qemu-server/${vmid}.cleanup`);
}

/** Ends QEMU as `kill -9` or a guest's own power-off does; qmeventd then runs `qm cleanup`: `post-stop` alone. */
export async function killGuest(machine: Machine, vmid: number, options: { readonly qmeventd?: boolean } = {}): Promise<void> {
  const pid = runningPid(machine, vmid);
  if (pid === undefined) return;
  machine.kernel.endProcess(pid);
  if (options.qmeventd === false) return;
  const session = new Session(machine, 'qmeventd');
  await withConfigLock(machine, vmLock(vmid), session.warn, async () => {
    await cleanupVm(session, vmid, session.loadVm(vmid).model.current.values, false);
  });
}

/** Restarts a VM through PVE: a full stop and start, with all four hooks and pending changes applied (`vm_reboot`). */
export async function rebootVm(session: Session, vmid: number, options: StopOptions = {}): Promise<void> {
  await withConfigLock(session.machine, vmLock(vmid), session.warn, async () => {
    if (runningPid(session.machine, vmid) === undefined) throw new Die(`VM ${vmid} not running\n`);
    await stopLocked(session, vmid, { ...options, shutdown: true });
    await startLocked(new Session(session.machine, 'qmeventd'), vmid, {});
  });
}

/** Backs up a VM that does not run: PVE starts it paused, hooks and devices included, and ends it again (vzdump). */
export async function backupStoppedVm(session: Session, vmid: number): Promise<void> {
  const options = { skiplock: true };
  await startVmPaused(session, vmid);
  await stopVm(session, vmid, options);
}

async function startVmPaused(session: Session, vmid: number): Promise<void> {
  await withConfigLock(session.machine, vmLock(vmid), session.warn, () =>
    startLocked(session, vmid, { skiplock: true, paused: true }),
  );
}
