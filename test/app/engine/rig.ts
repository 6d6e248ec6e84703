// SPDX-License-Identifier: AGPL-3.0-or-later
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { PveCli } from '../../../src/adapters/pve-cli.ts';
import type { Context } from '../../../src/app/context.ts';
import type { Pool } from '../../../src/core/facts/guest-facts.ts';
import { FileTree, type TreeNode } from '../../../src/core/files/file-tree.ts';
import { configDigest } from '../../../src/core/guest/digest.ts';
import { parsePoolConfig, printPoolSections, sectionOfPool } from '../../../src/core/guest/pool-config.ts';
import { parsePoolEntry } from '../../../src/core/guest/pool-entry.ts';
import { rewriteLikePve } from '../../../src/core/guest/vm-rewrite.ts';
import type { Host, Poke, RunOutput } from '../../../src/ports/host.ts';

/** Thrown by the machine at the operation where its power goes. */
export class PowerCut extends Error {}

export const PF = '/sys/bus/pci/devices/0000:00:02.0';
export const NUMVFS = `${PF}/sriov_numvfs`;

/** Bytes that are no text, more than a journal holds inside. */
export const VBIOS = Uint8Array.from({ length: 20_480 }, (_, i) => [0x55, 0xaa, 40][i] ?? (i * 31) >> 4);

export interface Rig {
  readonly tree: FileTree;
  readonly context: Context;
  readonly warnings: string[];
  /** How many operations the machine has done. */
  operations(): number;
}

export interface RigOptions {
  /** The power goes right before this operation (counted from 0). */
  readonly dieAt?: number;
  readonly running?: boolean;
  /** What qm, pct and pvesh answer instead of doing anything. */
  readonly refuse?: string;
}

/** A small node: one GPU whose kernel makes VFs, two guests, and qm and pvesh that rewrite files as PVE does. */
export function newTree(): FileTree {
  const tree = new FileTree();
  tree.setFile('/etc/pve/qemu-server/101.conf', 'boot: order=scsi0\ncores: 2\nmemory: 2048\nname: one\ntags: a;b\n');
  tree.setFile('/etc/pve/qemu-server/102.conf', 'memory: 1024\nname: two\n');
  tree.setFile('/etc/modprobe.d/other.conf', 'options kvm nested=1\r\n');
  tree.setFile('/usr/share/kvm/vbios.bin', VBIOS);
  tree.setDirectory('/var/lib');
  tree.setDirectory('/run/qemu-server');
  tree.setDirectory('/proc');
  tree.setFile(NUMVFS, '0');
  tree.setFile(`${PF}/sriov_drivers_autoprobe`, '1\n');
  tree.setFile('/sys/bus/pci/drivers/vfio-pci/unbind', '', { mode: 0o200 });
  tree.setFile('/sys/bus/pci/drivers_probe', '', { mode: 0o200 });
  return tree;
}

export function rig(tree: FileTree, options: RigOptions = {}): Rig {
  let count = 0;
  const tick = () => {
    if (count === options.dieAt) throw new PowerCut();
    count += 1;
  };
  const pve = async (argv: readonly string[]): Promise<RunOutput> => {
    tick();
    if (options.refuse !== undefined) return { exitCode: 255, stdout: '', stderr: options.refuse };
    const answer = argv[0] === 'pvesh' ? pvesh(tree, argv) : qm(tree, argv, options.running === true);
    tick();
    return answer;
  };
  const memory = memoryHost(tree, {
    label: 'rig',
    onAccess: () => {
      tick();
      return undefined;
    },
    programs: { qm: pve, pct: pve, pvesh: pve },
  });
  const host = withKernel(memory, tree, tick);
  const warnings: string[] = [];
  let nowMs = 1_700_000_000_000;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const log = { info: () => {}, warn: (line: string) => void warnings.push(line) };
  return { tree, context: { host, pve: new PveCli(host), clock, log }, warnings, operations: () => count };
}

/** Everything on the machine but our own journal and locks, as comparable text. */
export function picture(tree: FileTree): string {
  const lines: string[] = [];
  for (const { path, node } of tree.walk('/')) {
    if (path.startsWith('/run/pveigpu') || path.startsWith('/var/lib/pveigpu') || node.kind === 'directory') continue;
    if (path.endsWith('reservations.lock') || path.endsWith('/drivers_probe')) continue;
    lines.push(`${path} ${describe(node)}`);
  }
  return lines.join('\n');
}

function describe(node: TreeNode): string {
  if (node.kind === 'file') {
    const text = typeof node.content === 'string' ? node.content : new TextDecoder().decode(node.content);
    return `${node.mode.toString(8)} ${JSON.stringify(text)}`;
  }
  return node.kind === 'symlink' ? `-> ${node.target}` : node.kind;
}

function withKernel(memory: Host, tree: FileTree, tick: () => void): Host {
  const poke = async (path: string, value: string): Promise<Poke> => {
    tick();
    const answer = kernelWrite(tree, path, value.trim());
    tick();
    return answer === undefined ? { kind: 'done' } : { kind: 'refused', errno: answer };
  };
  return new Proxy(memory, {
    get: (target, name) => {
      if (name === 'poke') return poke;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function kernelWrite(tree: FileTree, path: string, value: string): string | undefined {
  if (path === NUMVFS) return setVfs(tree, Number(value));
  if (path === '/sys/bus/pci/drivers_probe') {
    const override = tree.text(`/sys/bus/pci/devices/${value}/driver_override`)?.trim() ?? '';
    if (override === '' || override === '(null)') return undefined;
    tree.setLink(`/sys/bus/pci/devices/${value}/driver`, `/sys/bus/pci/drivers/${override}`);
    return undefined;
  }
  if (path.endsWith('/driver/unbind')) {
    tree.remove(path.replace(/\/unbind$/, ''));
    return undefined;
  }
  if (tree.get(path) === undefined) return 'ENOENT';
  tree.setFile(path, `${value === '' && path.endsWith('driver_override') ? '(null)' : value}\n`);
  return undefined;
}

function setVfs(tree: FileTree, wanted: number): string | undefined {
  const names = tree.names(PF)?.filter((name) => name.startsWith('virtfn')) ?? [];
  if (wanted > 7) return 'ERANGE';
  if (names.length === wanted) return undefined;
  if (names.length > 0 && wanted > 0) return 'EBUSY';
  for (const name of names) {
    const bdf = `0000:00:02.${Number(name.slice(6)) + 1}`;
    tree.remove(`${PF}/${name}`);
    tree.remove(`/sys/bus/pci/devices/${bdf}`);
  }
  for (let index = 0; index < wanted; index += 1) {
    const bdf = `0000:00:02.${index + 1}`;
    tree.setFile(`/sys/bus/pci/devices/${bdf}/driver_override`, '(null)\n');
    tree.setLink(`/sys/bus/pci/devices/${bdf}/physfn`, '../0000:00:02.0');
    tree.setLink(`/sys/bus/pci/devices/${bdf}/iommu_group`, `/sys/kernel/iommu_groups/${20 + index}`);
    tree.setLink(`${PF}/virtfn${index}`, `../${bdf}`);
  }
  return undefined;
}

function options(argv: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (let at = 0; at < argv.length; at += 2) {
    const key = (argv[at] ?? '').replace(/^--/, '');
    found.set(key, [...(found.get(key) ?? []), argv[at + 1] ?? '']);
  }
  return found;
}

function qm(tree: FileTree, argv: readonly string[], running: boolean): RunOutput {
  const path = `/etc/pve/qemu-server/${argv[2]}.conf`;
  const text = tree.text(path);
  if (text === undefined) return failed(`Configuration file 'nodes/n/qemu-server/${argv[2]}.conf' does not exist\n`);
  const { digest, delete: remove, revert, ...set } = Object.fromEntries(options(argv.slice(3)));
  if (digest?.[0] !== undefined && digest[0] !== configDigest(text))
    return failed('checksum mismatch (file change by other user?)\n');
  const split = (value: readonly string[] | undefined) => (value?.[0] === undefined ? [] : value[0].split(','));
  const values = Object.fromEntries(Object.entries(set).map(([key, [value = '']]) => [key, value]));
  const rewritten = rewriteLikePve(text, { set: values, remove: split(remove), revert: split(revert), running });
  tree.setFile(path, rewritten.text);
  return { exitCode: 0, stdout: `update VM ${argv[2]}\n`, stderr: '' };
}

function pvesh(tree: FileTree, argv: readonly string[]): RunOutput {
  const [, verb, path = ''] = argv;
  const given = options(argv.slice(3));
  const file = '/etc/pve/mapping/pci.cfg';
  const text = tree.text(file) ?? '';
  const id = verb === 'create' ? (given.get('id')?.[0] ?? '') : path.slice(path.lastIndexOf('/') + 1);
  const digest = given.get('digest')?.[0];
  if (digest !== undefined && digest !== configDigest(text))
    return failed('update hardware mapping failed: detected modified configuration - file changed by other user? Try again.\n');
  const pools = parsePoolConfig(text).filter((pool) => pool.id !== id);
  const old = parsePoolConfig(text).find((pool) => pool.id === id);
  if (verb === 'create' && old !== undefined) return failed(`create hardware mapping failed: pci ID '${id}' already defined\n`);
  if (verb !== 'delete') pools.push(poolOf(id, given, old));
  if (pools.length === 0 && text === '') return { exitCode: 0, stdout: '', stderr: '' };
  if (pools.length === 0) tree.remove(file);
  else tree.setFile(file, printPoolSections(pools.map(sectionOfPool)));
  return { exitCode: 0, stdout: '', stderr: '' };
}

function poolOf(id: string, given: ReadonlyMap<string, readonly string[]>, old: Pool | undefined): Pool {
  const entries = (given.get('map') ?? []).flatMap((map) => {
    const entry = parsePoolEntry(map);
    return entry.ok ? [entry.value] : [];
  });
  const description = given.get('description')?.[0] ?? old?.description;
  return { id, mdev: false, liveMigrationCapable: false, entries, ...(description === undefined ? {} : { description }) };
}

function failed(stderr: string): RunOutput {
  return { exitCode: 255, stdout: '', stderr };
}
