// SPDX-License-Identifier: AGPL-3.0-or-later

import { currentSection } from '../../core/guest/config-document.ts';
import { parseCtConfig } from '../../core/guest/ct-config.ts';
import { encodeDescription } from '../../core/guest/description-text.ts';
import { configDigest } from '../../core/guest/digest.ts';
import type { Machine } from '../machine.ts';
import { splitList } from './formats.ts';
import type { Parameters } from './getopt.ts';
import { confName, readConf, withConfigLock, writeCluster } from './guest-state.ts';
import { checkHookscript } from './hookscript.ts';
import { rewriteCt } from './lxc-rewrite.ts';
import { Die, ENOENT, parameterDie } from './perl-die.ts';
import type { Session } from './session.ts';

const NUMBERS = new Set(
  'cores cpulimit cpuunits memory swap unprivileged onboot protection template console tty debug'.split(' '),
);

/** The keys of a container as the API answers them; raw `lxc.*` lines are pairs. */
export function lxcConfig(machine: Machine, ctid: number): { [key: string]: unknown } {
  const config = parseCtConfig(readConf(machine, ctid, 'lxc'));
  const { values, description, lxc } = currentSection(config);
  const raw = lxc.map(({ key, value }) => [key, value]);
  return {
    ...Object.fromEntries([...values].map(([key, value]) => [key, NUMBERS.has(key) ? Number(value) : value])),
    ...(description === undefined ? {} : { description: `${description.replace(/\n?$/, '')}\n` }),
    ...(raw.length === 0 ? {} : { lxc: raw }),
  };
}

/** The lines of `pct config`, or of `pct pending` with a prefix. */
export function lxcText(machine: Machine, ctid: number, prefix: string): string {
  const { lxc, ...values } = lxcConfig(machine, ctid);
  const lines = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = lines.map(([key, value]) => `${prefix}${key}: ${key === 'description' ? shown(String(value)) : value}\n`);
  const raw = prefix === '' ? ((lxc ?? []) as [string, string][]).map(([key, value]) => `${key}: ${value}\n`) : [];
  return [...text, ...raw].join('');
}

function shown(description: string): string {
  return description.split('\n').map(encodeDescription).join('%0A');
}

/** The containers of this node, sorted. */
export function ctids(machine: Machine): number[] {
  const names = machine.tree.names(`/etc/pve/nodes/${machine.nodeName}/lxc`) ?? [];
  return names.flatMap((name) => (/^\d+\.conf$/.test(name) ? [Number.parseInt(name, 10)] : [])).sort((a, b) => a - b);
}

/** Whether a container runs: its monitor's abstract socket (pve-container LXC.pm). */
export function isLxcRunning(machine: Machine, ctid: number): boolean {
  return (machine.tree.text('/proc/net/unix') ?? '').includes(` @/var/lib/lxc/${ctid}/command\n`);
}

export function lxcList(machine: Machine): { [key: string]: unknown }[] {
  return ctids(machine).map((vmid) => ({
    vmid,
    name: lxcConfig(machine, vmid).hostname ?? `CT${vmid}`,
    status: isLxcRunning(machine, vmid) ? 'running' : 'stopped',
    type: 'lxc',
  }));
}

/** Changes a container's configuration (pve-container API2/LXC/Config.pm `update_vm`). */
export async function updateLxc(session: Session, parameters: Parameters): Promise<void> {
  const { machine } = session;
  const ctid = Number(parameters.get('vmid'));
  const set = new Map([...parameters].filter(([key]) => !['vmid', 'node', 'digest', 'delete', 'revert'].includes(key)));
  const deletes = splitList(parameters.get('delete') ?? '');
  const reverts = splitList(parameters.get('revert') ?? '');
  if (set.size === 0 && deletes.length === 0 && reverts.length === 0) throw new Die('no options specified\n');
  await withConfigLock(machine, `/run/lock/lxc/pve-config-${ctid}.lock`, session.warn, async () => {
    const text = readConf(machine, ctid, 'lxc');
    const lock = currentSection(parseCtConfig(text)).values.get('lock');
    if (lock !== undefined) throw new Die(`CT is locked (${lock})\n`);
    const digest = parameters.get('digest');
    if (digest !== undefined && digest !== configDigest(text)) throw new Die('checksum mismatch (file change by other user?)\n');
    for (const [option, keys] of Object.entries({ revert: reverts, delete: deletes }))
      for (const key of keys) if (!KNOWN.test(key)) throw parameterDie({ [option]: `unknown option '${key}'` }, ENOENT);
    for (const [key, value] of set) checkValue(machine, key, value);
    const changed = rewriteCt(text, { set, deletes, reverts, running: isLxcRunning(machine, ctid) });
    for (const key of changed.notSet) session.warn(`cannot delete '${key}' - not set in current configuration!\n`);
    writeCluster(machine, confName(machine, ctid, 'lxc'), changed.text);
    // The file for LXC is made anew afterwards, and that dies on any device that is not there: the change is written by then.
    checkDevices(machine, ctid);
  });
}

const KNOWN = /^([a-z]+|(dev|mp|net|unused)\d+|cmode)$/;

function checkValue(machine: Machine, key: string, value: string): void {
  if (key === 'hookscript') checkHookscript(machine, value);
  if (/^dev\d+$/.test(key)) checkDevice(machine, value);
}

/** What making LXC's own file does with each device (pve-container LXC.pm `update_lxc_config`): at a start, and after each change. */
export function checkDevices(machine: Machine, ctid: number): void {
  const keys = Object.entries(lxcConfig(machine, ctid)).filter(([key]) => /^dev\d+$/.test(key));
  for (const [, value] of keys.sort(([a], [b]) => Number(a.slice(3)) - Number(b.slice(3)))) checkDevice(machine, String(value));
}

/** Dies unless the device of a value is there (pve-container LXC/Tools.pm `get_device_mode_and_rdev`). */
function checkDevice(machine: Machine, value: string): void {
  const path = /(?:^|,)(?:path=)?(\/dev\/[^,]*)/.exec(value)?.[1] ?? '';
  const found = machine.tree.lookup(path);
  if (!('path' in found)) throw new Die(`Device ${path} does not exist\n`, { exitCode: ENOENT });
}
