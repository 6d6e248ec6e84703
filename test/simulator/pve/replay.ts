// SPDX-License-Identifier: AGPL-3.0-or-later
import { sha1Hex } from '../../../src/core/text/sha1.ts';
import type { HookRunner, Machine } from '../../../src/simulator/machine.ts';
import { apiCall } from '../../../src/simulator/pve/api-call.ts';
import { holdLock, makeDeaf } from '../../../src/simulator/pve/guest-state.ts';
import { killGuest } from '../../../src/simulator/pve/stop-vm.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';
import type { Action, HookCall, Step, Transcript } from './transcript.ts';
import { MACHINES } from './transcript-machines.ts';

/** 2024-07-01, so that the times of the simulation differ from those in recorded files. */
const NOW_MS = 1_719_792_000_000;

const MAPPING = '/etc/pve/mapping/pci.cfg';
const RESERVATIONS = '/run/qemu-server/pci-id-reservations';
const SCRIPT = '/var/lib/vz/snippets/hook.sh';

/** What can be seen of a machine, in the words of the transcripts. */
export interface State {
  readonly vms: { readonly [vmid: string]: string };
  readonly mapping: string | null;
  readonly container: string | null;
  readonly drivers: { readonly [bdf: string]: string | null };
  readonly reservations: string | null;
  readonly mdevs: readonly string[];
}

/** The answer of a step, with what differs from run to run replaced. */
export interface Answer {
  readonly exit?: number;
  readonly out?: string;
  readonly err?: string;
  readonly status?: number;
  readonly reason?: string;
  readonly body?: unknown;
  readonly task?: unknown;
}

/** Replays one scenario on a simulated node. */
export class Replay {
  readonly node: SimulatedNode;
  readonly machine: Machine;
  readonly #transcript: Transcript;
  readonly #held = new Map<string, () => void>();
  #hooks: HookCall[] = [];
  #lastDigest = '';

  private constructor(transcript: Transcript) {
    const profile = MACHINES[transcript.machine];
    if (profile === undefined) throw new Error(`no machine ${transcript.machine}`);
    this.#transcript = transcript;
    const vms = Object.fromEntries(Object.entries(transcript.vms).map(([vmid, text]) => [vmid, text]));
    this.node = createSimulatedNode({ ...profile, vms }, { hookRunner: this.#hook, startMs: NOW_MS });
    this.machine = this.node.machine;
  }

  static async start(transcript: Transcript): Promise<Replay> {
    const replay = new Replay(transcript);
    const { machine } = replay;
    const { tree } = machine;
    for (const vmid of Object.keys(transcript.vms)) makeDeaf(machine, Number(vmid));
    if (transcript.mapping !== undefined) tree.setFile(MAPPING, transcript.mapping);
    if (transcript.storage !== undefined) tree.setFile('/etc/pve/storage.cfg', transcript.storage);
    tree.setFile(SCRIPT, '#!/bin/sh\n', { mode: 0o755 });
    for (const [path, text] of Object.entries(transcript.files ?? {})) tree.setFile(path, text, { mode: 0o755 });
    for (const name of ['null', 'zero'])
      tree.set(`/dev/${name}`, {
        kind: 'device',
        type: 'char',
        major: 1,
        minor: name === 'null' ? 3 : 5,
        mode: 0o666,
        uid: 0,
        gid: 0,
      });
    if (transcript.machine === 'kbl-gvtg') machine.kernel.modprobe('kvmgt');
    if ((transcript.vfs ?? 0) > 0) replay.#poke('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', String(transcript.vfs));
    for (const vmid of transcript.running ?? []) {
      const { exitCode, stderr } = await machine.run(['qm', 'start', String(vmid)]);
      if (exitCode !== 0) throw new Error(stderr);
    }
    replay.#hooks = [];
    return replay;
  }

  /** Does what stands in for a step that is left out. */
  async skip(step: Step): Promise<void> {
    await this.#do(step.before ?? []);
    await this.#do(step.instead ?? step.actions ?? []);
  }

  async run(step: Step): Promise<Answer> {
    this.#hooks = [];
    await this.#do(step.before ?? []);
    if (step.actions !== undefined) await this.#do(step.actions);
    if (step.run !== undefined) return await this.#program(step, step.run);
    if (step.call !== undefined) return await this.#api(step, step.call);
    return {};
  }

  /** The hook calls of the last step. */
  get hooks(): readonly HookCall[] {
    return this.#hooks;
  }

  get state(): State {
    const { tree } = this.machine;
    const confs = (tree.names('/etc/pve/qemu-server') ?? []).filter((name) => name.endsWith('.conf'));
    const vms = confs.map((name) => [name.replace('.conf', ''), this.#clean(tree.text(`/etc/pve/qemu-server/${name}`) ?? '')]);
    const devices = [...Array.from({ length: 8 }, (_, fn) => `0000:00:02.${fn}`), '0000:00:1f.3'];
    const present = devices.filter((bdf) => tree.get(`/sys/bus/pci/devices/${bdf}`) !== undefined);
    const reservations = tree.text(RESERVATIONS);
    return {
      vms: Object.fromEntries(vms),
      mapping: bytesText(tree.get(MAPPING)),
      container: tree.text('/etc/pve/lxc/200.conf') ?? null,
      drivers: Object.fromEntries(present.map((bdf) => [bdf, this.machine.kernel.driverOf(bdf)])),
      reservations: reservations === undefined ? null : this.#clean(reservations),
      mdevs: tree.names('/sys/bus/mdev/devices') ?? [],
    };
  }

  async #program(step: Step, argv: readonly string[]): Promise<Answer> {
    const digest = step.digest === undefined ? this.#digestFor(argv) : this.#lastDigest;
    this.#lastDigest = digest;
    const { exitCode, stdout, stderr } = await this.machine.run(argv.map((word) => (word === '<DIGEST>' ? digest : word)));
    return { exit: exitCode, out: this.#clean(stdout), err: this.#clean(stderr) };
  }

  async #api(step: Step, [method, path]: readonly [string, string]): Promise<Answer> {
    const verb = method as 'GET' | 'POST' | 'PUT' | 'DELETE';
    const { status, reason, data, message, errors, task } = await apiCall(this.machine, verb, path, step.parameters);
    const body = { data, ...(message === undefined ? {} : { message }), ...(errors === undefined ? {} : { errors }) };
    return { status, reason, body: JSON.parse(this.#clean(JSON.stringify(body))), ...(task === undefined ? {} : { task }) };
  }

  #digestFor(argv: readonly string[]): string {
    const path = argv[0] === 'qm' ? `/etc/pve/qemu-server/${argv[2]}.conf` : MAPPING;
    const node = this.machine.tree.get(path);
    return sha1Hex(node?.kind === 'file' ? node.content : '');
  }

  async #do(actions: readonly Action[]): Promise<void> {
    const { tree } = this.machine;
    for (const action of actions) {
      if ('write' in action) tree.setFile(action.write, action.text, { mode: Number.parseInt(action.mode ?? '0644', 8) });
      else if ('remove' in action) tree.remove(action.remove);
      else if ('poke' in action) this.#poke(action.poke, action.value);
      else if ('kill' in action) await killGuest(this.machine, action.kill, { qmeventd: action.qmeventd ?? true });
      else if ('hold' in action) this.#held.set(action.hold, holdLock(this.machine, action.hold));
      else this.#held.get(action.release)?.();
    }
  }

  #poke(path: string, value: string): void {
    const answer = this.machine.kernel.write(path, value);
    if (answer !== 'ok') throw new Error(`${path}: ${answer}`);
  }

  readonly #hook: HookRunner = async ({ machine, vmid, phase, env }) => {
    const { tree } = machine;
    const answer = (stdout: string, stderr = '') => ({ exitCode: 0, stdout, stderr });
    if (this.#transcript.hook === 'silent') return answer('');
    if (this.#transcript.hook === 'edit') {
      const path = `/etc/pve/qemu-server/${vmid}.conf`;
      if (phase === 'pre-start') tree.setFile(path, (tree.text(path) ?? '').replace('02.1', '02.5'));
      return answer('');
    }
    if (this.#transcript.hook === 'qm-set') {
      if (tree.text('/run/hook.phase')?.trim() !== phase) return answer('');
      const { exitCode, stderr } = await machine.run(['qm', 'set', String(vmid), '--tags', `from-${phase}`]);
      return answer(`${stderr}qm set exit ${exitCode}\n`);
    }
    this.#hooks.push({
      phase,
      env,
      pidfile: tree.get(`/run/qemu-server/${vmid}.pid`) !== undefined,
      driver: machine.kernel.driverOf('0000:00:02.1') ?? 'none',
      reservations: this.#clean(tree.text(RESERVATIONS) ?? '').trim(),
    });
    return answer(`hook stdout ${phase}\n`, `hook stderr ${phase}\n`);
  };

  /** Puts the transcripts' placeholders where a run has values of its own. */
  #clean(text: string): string {
    return text
      .replace(/UPID:pve:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:(\w+):(\d+):([^:]+):/g, '<UPID:$1:$2:$3>')
      .replace(/\b[0-9a-f]{40}\b/g, (hex) => (/^(.)\1+$/.test(hex) ? hex : '<DIGEST>'))
      .replace(/(uuid=|vmgenid: )00000000-0000-4000-8000-\d{12}/g, '$1<UUID>')
      .replace(/ pid:\d+/g, ' pid:<PID>')
      .replace(/"pid":\d+/g, '"pid":4242')
      .replace(/"uptime":\d+/g, '"uptime":60')
      .replace(/^( +\d+ \S+ +running +\d+ +[\d.]+) \d{4} /gm, '$1 4242 ')
      .replaceAll(String(NOW_MS / 1000), '<TIME>');
  }
}

/** A file's text with bytes that are no ASCII as `\xNN`, as they were recorded. */
function bytesText(node: ReturnType<Machine['tree']['get']>): string | null {
  if (node?.kind !== 'file') return null;
  if (typeof node.content === 'string') return node.content;
  return [...node.content].map((byte) => (byte < 128 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('');
}
