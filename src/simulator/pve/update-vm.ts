// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VmModel } from '../../core/guest/vm-model.ts';
import { rewriteLikePve } from '../../core/guest/vm-rewrite.ts';
import { splitList } from './formats.ts';
import type { Parameters } from './getopt.ts';
import { hiddenState, runningPid, vmLock, withConfigLock } from './guest-state.ts';
import { checkHookscript } from './hookscript.ts';
import { Die, ENOENT, parameterDie } from './perl-die.ts';
import type { LoadedVm, Session } from './session.ts';
import { vmFileKey } from './vm-options.ts';

interface Change {
  readonly vmid: number;
  readonly set: Map<string, string>;
  readonly deletes: string[];
  readonly reverts: readonly string[];
  readonly force: boolean;
  readonly skiplock: boolean;
  readonly digest: string | undefined;
  readonly line: string;
}

/**
 * Changes a VM's configuration (API2/Qemu.pm `update_vm_api`): schema and little more is checked; every key goes to
 * `[PENDING]` in a write of its own; then all of it is applied on a stopped VM, and what can be on a running one.
 */
export async function updateVm(session: Session, parameters: Parameters): Promise<void> {
  const change = readChange(session, parameters);
  const { machine } = session;
  await withConfigLock(machine, vmLock(change.vmid), session.warn, async () => {
    const loaded = session.loadVm(change.vmid);
    if (change.digest !== undefined && change.digest !== loaded.digest)
      throw new Die('checksum mismatch (file change by other user?)\n');
    if (!change.skiplock) checkLock(loaded.model);
    checkBalloon(loaded.model, change.set);
    write(session, change, loaded);
  });
}

/** Dies when the `lock` key is set. */
export function checkLock(model: VmModel): void {
  const lock = model.current.values.get('lock');
  if (lock !== undefined) throw new Die(`VM is locked (${lock})\n`);
}

function readChange(session: Session, parameters: Parameters): Change {
  const set = new Map(parameters);
  const take = (name: string) => {
    const value = set.get(name);
    set.delete(name);
    return value;
  };
  const vmid = Number(take('vmid'));
  take('node');
  const digest = take('digest');
  const line = [...set].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `-${key} ${value}`);
  const skiplock = take('skiplock') === '1';
  const force = take('force') === '1';
  const deleteText = take('delete');
  const revertText = take('revert');
  if (set.size === 0 && !deleteText && !revertText) throw new Die('no options specified\n');
  const reverts: string[] = [];
  for (const key of splitList(revertText ?? '')) {
    if (vmFileKey(key) === undefined) throw parameterDie({ revert: `unknown option '${key}'` }, ENOENT);
    if (set.has(key)) throw parameterDie({ delete: `you can't use '-${key}' and -revert ${key}' at the same time` }, ENOENT);
    reverts.push(key);
  }
  const deletes: string[] = [];
  for (const key of splitList(deleteText ?? '')) {
    if (set.has(key)) throw parameterDie({ delete: `you can't use '-${key}' and -delete ${key}' at the same time` }, ENOENT);
    if (vmFileKey(key) === undefined) throw parameterDie({ delete: `unknown option '${key}'` }, ENOENT);
    deletes.push(key);
  }
  checkValues(session, set);
  return { vmid, set, deletes, reverts, force, skiplock, digest, line: `update VM ${vmid}: ${line.join(' ')}\n` };
}

function checkValues(session: Session, set: Map<string, string>): void {
  const hookscript = set.get('hookscript');
  if (hookscript !== undefined) {
    try {
      checkHookscript(session.machine, hookscript);
    } catch (error) {
      throw error instanceof Die ? parameterDie({ hookscript: error.text }, ENOENT) : error;
    }
  }
  for (const [key, value] of set) {
    const volume = /^unused\d+$/.test(key) ? /^[^:]+:(.*)$/.exec(value)?.[1] : undefined;
    if (volume !== undefined && !/^\d+\/.+|^(iso|vztmpl|snippets|backup)\/.+/.test(volume))
      throw new Die(`unable to parse directory volume name '${volume}'\n`, { exitCode: ENOENT });
  }
  if (set.get('vmgenid') === '1') set.set('vmgenid', newUuid(session));
}

/** A UUID of the simulation: counted, so that runs repeat. */
export function newUuid(session: Session): string {
  const hidden = hiddenState(session.machine);
  hidden.tasks += 1;
  return `00000000-0000-4000-8000-${String(hidden.tasks).padStart(12, '0')}`;
}

function checkBalloon(model: VmModel, set: ReadonlyMap<string, string>): void {
  if (!set.has('balloon') && !set.has('memory')) return;
  const next = (key: string) => set.get(key) ?? model.pending.values.get(key) ?? model.current.values.get(key);
  const mib = Number((next('memory') ?? '512').replace(/^current=/, ''));
  if (Number(next('balloon') ?? 0) > mib) throw new Die('balloon value too large (must be smaller than assigned memory)\n');
}

function write(session: Session, change: Change, loaded: LoadedVm): void {
  const { vmid, set } = change;
  session.output.print(change.line);
  if ([...change.line].some((character) => (character.codePointAt(0) ?? 0) > 0xff))
    session.warn('Wide character in print at /usr/share/perl5/PVE/API2/Qemu.pm line 2259.\n');
  for (const [key, value] of set) checkLate(loaded.model, key, value);
  const running = runningPid(session.machine, vmid) !== undefined;
  const { text, notSet } = rewriteLikePve(loaded.text, {
    set: Object.fromEntries([...set].sort(([a], [b]) => (a < b ? -1 : 1))),
    remove: change.deletes,
    revert: change.reverts,
    force: change.force,
    running,
  });
  for (const key of notSet) session.warn(`cannot delete '${key}' - not set in current configuration!\n`);
  if (text !== loaded.text) session.saveVm(vmid, text);
}

/** What PVE checks only after it has said what it does. */
function checkLate(model: VmModel, key: string, value: string): void {
  if (key !== 'description' && value.includes('\n'))
    throw new Die(`unable to parse value of '${key}' - property contains a line feed\n`);
  if (key === 'machine' && /(^|,)aw-bits=/.test(value) && !/(^|,)viommu=/.test(value))
    throw new Die('cannot set aw-bits if no vIOMMU is configured\n');
  const order = key === 'boot' ? /(?:^|,)order=([^,]*)/.exec(value)?.[1] : undefined;
  for (const device of order?.split(';') ?? [])
    if (device !== '' && !model.current.values.has(device) && !model.pending.values.has(device))
      throw new Die(`invalid bootorder: device '${device}' does not exist'\n`);
}
