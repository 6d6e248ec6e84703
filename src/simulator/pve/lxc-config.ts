// SPDX-License-Identifier: AGPL-3.0-or-later

import { currentSection } from '../../core/guest/config-document.ts';
import { canonicalCtConfig, parseCtConfig } from '../../core/guest/ct-config.ts';
import { encodeDescription } from '../../core/guest/description-text.ts';
import { configDigest } from '../../core/guest/digest.ts';
import type { Machine } from '../machine.ts';
import { splitList } from './formats.ts';
import type { Parameters } from './getopt.ts';
import { confName, readConf, withConfigLock, writeCluster } from './guest-state.ts';
import { checkHookscript } from './hookscript.ts';
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
  const set = [...parameters].filter(([key]) => !['vmid', 'node', 'digest', 'delete', 'revert'].includes(key));
  const deletes = splitList(parameters.get('delete') ?? '');
  if (set.length === 0 && deletes.length === 0) throw new Die('no options specified\n');
  await withConfigLock(machine, `/run/lock/lxc/pve-config-${ctid}.lock`, session.warn, async () => {
    const text = readConf(machine, ctid, 'lxc');
    const { values, description } = currentSection(parseCtConfig(text));
    const digest = parameters.get('digest');
    if (digest !== undefined && digest !== configDigest(text)) throw new Die('checksum mismatch (file change by other user?)\n');
    const lock = values.get('lock');
    if (lock !== undefined) throw new Die(`CT is locked (${lock})\n`);
    for (const key of deletes) {
      if (!KNOWN.test(key)) throw parameterDie({ delete: `unknown option '${key}'` }, ENOENT);
      if (!values.has(key) && !(key === 'description' && description !== undefined))
        session.warn(`cannot delete '${key}' - not set in current configuration!\n`);
    }
    for (const [key, value] of set) checkValue(machine, key, value);
    writeCluster(machine, confName(machine, ctid, 'lxc'), canonicalCtConfig(edited(text, new Map(set), deletes)));
  });
}

const KNOWN = /^([a-z]+|(dev|mp|net|unused)\d+|cmode)$/;

function checkValue(machine: Machine, key: string, value: string): void {
  if (key === 'hookscript') checkHookscript(machine, value);
  if (!/^dev\d+$/.test(key)) return;
  const path = /(?:^|,)(?:path=)?(\/dev\/[^,]*)/.exec(value)?.[1] ?? '';
  if (machine.tree.get(path) === undefined) throw new Die(`Device ${path} does not exist\n`, { exitCode: ENOENT });
}

/** The file with keys of its first section set and removed; PVE's own writer puts them in order afterwards. */
function edited(text: string, set: ReadonlyMap<string, string>, deletes: readonly string[]): string {
  const at = text.search(/^\[/m);
  const head = at < 0 ? text : text.slice(0, at);
  const tail = at < 0 ? '' : text.slice(at);
  const gone = new Set([...deletes, ...set.keys()]);
  const kept = head.split('\n').filter((line) => {
    if (line === '') return false;
    const key = line.startsWith('#') ? 'description' : (/^([a-z]+\d*):/.exec(line)?.[1] ?? '');
    return !gone.has(key);
  });
  const added = [...set].flatMap(([key, value]) => {
    if (key === 'description') return value.split('\n').map((line) => `#${encodeDescription(line)}`);
    const stored = key === 'tags' ? [...new Set(splitList(value.toLowerCase()))].sort().join(';') : value;
    return [`${key}: ${stored}`];
  });
  return `${[...kept, ...added].join('\n')}\n${tail === '' ? '' : `\n${tail}`}`;
}
