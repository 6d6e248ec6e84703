// SPDX-License-Identifier: AGPL-3.0-or-later

import { hasPending } from '../../core/guest/vm-model.ts';
import { applyPendingLikePve } from '../../core/guest/vm-rewrite.ts';
import { type QemuCommand, qemuCommand } from './command-line.ts';
import { RESERVATION_LOCK, runningPid, vmLock, volatileState, waitForLock, withConfigLock } from './guest-state.ts';
import { runHook } from './hookscript.ts';
import { hostpciKeys } from './hostpci.ts';
import { Die } from './perl-die.ts';
import { cleanupDevices, prepareDevices, warnOnly } from './prepare-pci.ts';
import { tryQemu } from './qemu.ts';
import { reserve } from './reserve.ts';
import type { Session } from './session.ts';
import { checkLock } from './update-vm.ts';

export interface StartOptions {
  readonly skiplock?: boolean;
  /** As a backup starts a stopped VM: the guest itself does not run. */
  readonly paused?: boolean;
  readonly timeoutSec?: number;
}

/** Starts a VM under its configuration lock, hooks included (QemuServer.pm `vm_start`). */
export async function startVm(session: Session, vmid: number, options: StartOptions = {}): Promise<void> {
  await withConfigLock(session.machine, vmLock(vmid), session.warn, () => startLocked(session, vmid, options));
}

/** The same for a caller that holds the lock. */
export async function startLocked(session: Session, vmid: number, options: StartOptions): Promise<void> {
  const { machine } = session;
  let loaded = session.loadVm(vmid);
  if (loaded.model.current.values.get('template') === '1') throw new Die("you can't start a vm if it's a template\n");
  if (options.skiplock !== true && loaded.model.current.values.get('lock') !== 'suspended') checkLock(loaded.model);
  if (runningPid(machine, vmid) !== undefined) throw new Die(`VM ${vmid} already running\n`);
  machine.tree.remove(`/run/qemu-server/${vmid}.reboot`);
  if (hasPending(loaded.model)) {
    session.saveVm(vmid, applyPendingLikePve(loaded.text));
    loaded = session.loadVm(vmid);
  }
  const { values } = loaded.model.current;
  // The configuration is not read again: what the hook changes in the file counts for the next start only.
  await runHook(session, values.get('hookscript'), vmid, 'pre-start');
  const clean = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (error instanceof Die) warnOnly(session, () => cleanupDevices(session, vmid, values));
      throw error;
    }
  };
  await waitForLock(machine, RESERVATION_LOCK, session.warn);
  const command = clean(() => qemuCommand(machine, vmid, values));
  const ids = command.devices.flatMap(({ mdevUuid, devices }) => (mdevUuid === undefined ? devices.map(({ id }) => id) : []));
  const timeoutSec = options.timeoutSec ?? (hostpciKeys(values).length > 0 ? 120 : 30);
  const untilSec = Math.floor(machine.nowMs() / 1000) + timeoutSec + 5;
  clean(() => {
    reserve(machine, session.warn, ids, vmid, { timeSec: untilSec });
    prepareDevices(session, command.devices);
  });
  const pid = clean(() => runQemu(session, vmid, command));
  reserve(machine, session.warn, ids, vmid, { pid });
  machine.tree.setFile(`/run/qemu-server/${vmid}.cleanup`, '');
  if (options.paused === true) volatileState(machine).paused.add(vmid);
  else volatileState(machine).paused.delete(vmid);
  await runHook(session, values.get('hookscript'), vmid, 'post-start');
}

function runQemu(session: Session, vmid: number, { argv }: QemuCommand): number {
  const { machine } = session;
  const started = tryQemu(machine, argv);
  if (!started.ok) {
    session.warn(started.message);
    throw new Die('start failed: QEMU exited with code 1\n');
  }
  session.warn(started.warnings);
  const { pid } = machine.kernel.startProcess({ command: 'kvm', argv, open: started.open });
  machine.tree.setFile(`/run/qemu-server/${vmid}.pid`, `${pid}\n`);
  for (const socket of ['qmp', 'vnc']) machine.tree.setFile(`/run/qemu-server/${vmid}.${socket}`, '');
  return pid;
}
