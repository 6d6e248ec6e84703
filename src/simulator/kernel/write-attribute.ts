// SPDX-License-Identifier: AGPL-3.0-or-later
import type { TreeNode } from '../../core/files/file-tree.ts';
import { ACPI_CALL, writeAcpiCall } from './acpi-call.ts';
import { isLocked } from './blocked.ts';
import { writeConsole } from './consoles.ts';
import { enumerate } from './enumerate.ts';
import { createMdev, removeMdev } from './gvtg.ts';
import { kstrtou } from './numbers.ts';
import { writePowerControl } from './option-rom.ts';
import { overrideTakesLock } from './override-lock.ts';
import { writeScheduling } from './scheduling.ts';
import type { KernelState, Outcome } from './state.ts';
import { writeDeviceAttribute } from './write-device.ts';
import { writeDriverAttribute, writeDriversProbe } from './write-driver.ts';

/** Attributes whose `show` takes the device lock, so that reading them waits with the writer who holds it. */
const LOCKING_READS = /\/([^/]+)\/(sriov_numvfs|driver_override)$/;

/**
 * A write into an existing file: sysfs attributes act, other files of sysfs keep the value, a plain file is overwritten.
 * Answers `ok`, `HANG` or the errno that `open` or `write` would give to root.
 */
export function writeAttribute(state: KernelState, path: string, value: string): Outcome {
  const found = state.tree.lookup(path);
  if ('errno' in found) return found.errno;
  const { node, path: real } = found;
  if (node.kind === 'directory') return 'EISDIR';
  // Nobody reads the other end of a pipe.
  if (node.kind === 'fifo') return 'HANG';
  if (node.kind !== 'file') return 'ENXIO';
  if (!/^\/(sys|proc)\//.test(real)) {
    node.content = value;
    return 'ok';
  }
  // Root may open anything, but sysfs refuses what has no write bit at all (KERNFS_ROOT_EXTRA_OPEN_PERM_CHECK).
  if ((node.mode & 0o222) === 0) return 'EACCES';
  if (value === '') return 'ok';
  return dispatch(state, real, node, value);
}

function dispatch(state: KernelState, path: string, node: Extract<TreeNode, { kind: 'file' }>, value: string): Outcome {
  if (path === '/sys/bus/pci/drivers_probe') return writeDriversProbe(state, value);
  if (path === '/sys/bus/pci/rescan') return rescan(state, value);
  const [, driverName = '', driverFile] = /^\/sys\/bus\/pci\/drivers\/([^/]+)\/(bind|unbind|new_id|remove_id)$/.exec(path) ?? [];
  const driver = state.drivers.get(driverName);
  if (driver !== undefined && driverFile !== undefined) return writeDriverAttribute(state, driver, driverFile, value);
  const [, uuid = ''] = /\/([0-9a-f-]{36})\/remove$/.exec(path) ?? [];
  const mdev = state.mdevs.get(uuid);
  if (mdev !== undefined) {
    if (isLocked(state, uuid)) return 'EAGAIN';
    return kstrtou(value, Number.MAX_SAFE_INTEGER) === undefined ? 'EINVAL' : removeMdev(state, mdev, () => 'ok');
  }
  const [, parent = '', type = ''] = /\/([^/]+)\/mdev_supported_types\/([^/]+)\/create$/.exec(path) ?? [];
  const owner = state.devices.get(parent);
  if (owner !== undefined) return createMdev(state, owner, type, value);
  const console = writeConsole(state, path, value);
  if (console !== undefined) return console;
  const scheduling = writeScheduling(state, path, value);
  if (scheduling !== undefined) return scheduling;
  if (path === ACPI_CALL) return writeAcpiCall(state, value);
  const [, asleep = ''] = /^\/sys\/devices\/pci.*\/([^/]+)\/power\/control$/.exec(path) ?? [];
  const sleeper = state.devices.get(asleep);
  if (sleeper !== undefined) return writePowerControl(state, sleeper, value);
  const [, bdf = '', name = ''] = /^\/sys\/devices\/pci.*\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const device = state.devices.get(bdf);
  const answer = device === undefined ? undefined : writeDeviceAttribute(state, device, name, value);
  if (answer !== undefined) return answer;
  if ((node.mode & 0o444) !== 0) node.content = value.endsWith('\n') ? value : `${value}\n`;
  return 'ok';
}

/** Looks for functions that were removed, and adds them again. */
function rescan(state: KernelState, value: string): Outcome {
  const wanted = kstrtou(value, Number.MAX_SAFE_INTEGER);
  if (wanted === undefined) return 'EINVAL';
  if (wanted !== 0) enumerate(state);
  return 'ok';
}

/** Whether reading an attribute would wait for ever now. */
export function readHangs(state: KernelState, path: string): boolean {
  const found = state.tree.lookup(path);
  const [, bdf, name] = ('path' in found ? LOCKING_READS.exec(found.path) : null) ?? [];
  if (bdf === undefined || (name === 'driver_override' && !overrideTakesLock(state.release))) return false;
  return isLocked(state, bdf);
}
