// SPDX-License-Identifier: AGPL-3.0-or-later
import { applyPendingLikePve } from '../../core/guest/vm-rewrite.ts';
import type { Machine } from '../machine.ts';
import {
  hiddenState,
  RESERVATION_LOCK,
  readConf,
  runningPid,
  vmLock,
  volatileState,
  waitForLock,
  withConfigLock,
} from './guest-state.ts';
import { runHook } from './hookscript.ts';
import { Die } from './perl-die.ts';
import { cleanupDevices, warnOnly } from './prepare-pci.ts';
import { Session } from './session.ts';
import { startLocked, startVm } from './start-vm.ts';
import { checkLock } from './update-vm.ts';
import { vmids } from './vm-status.ts';

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
  if (options.shutdown === true && (hidden.deaf.has(vmid) || volatileState(machine).paused.has(vmid))) {
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
  // PVE gives up on its reservations after 2 s, and goes on; here it waits as long as it does at a start.
  await waitForLock(session.machine, RESERVATION_LOCK, session.warn).catch(() => undefined);
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
  await startVm(session, vmid, { skiplock: true, paused: true });
  await stopVm(session, vmid, { skiplock: true });
}

/** Starts the guests with `onboot` after a boot, in order of `startup` and VMID (pve-guests.service); failures are told. */
export async function startGuestsAtBoot(machine: Machine): Promise<readonly string[]> {
  const failures: string[] = [];
  const session = new Session(machine, 'api');
  const order = (vmid: number) => {
    const { values } = session.loadVm(vmid).model.current;
    return Number(/(?:^|,)(?:order=)?(\d+)/.exec(values.get('startup') ?? '')?.[1] ?? Number.MAX_SAFE_INTEGER);
  };
  const wanted = vmids(machine).filter((vmid) => session.loadVm(vmid).model.current.values.get('onboot') === '1');
  for (const vmid of wanted.sort((a, b) => order(a) - order(b) || a - b)) {
    try {
      await startVm(session, vmid);
    } catch (error) {
      if (!(error instanceof Die)) throw error;
      failures.push(`VM ${vmid}: ${error.text.trimEnd()}`);
    }
  }
  return failures;
}
