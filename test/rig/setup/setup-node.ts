// SPDX-License-Identifier: AGPL-3.0-or-later
import { appendFileSync, copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inRig } from '../build/workspace.ts';
import type { Shape } from '../machine/shape.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';
import { setupDisk } from './disks.ts';
import { copyEsp, espOf } from './efi-disk.ts';
import { copySetupDisk } from './setup-disk.ts';

/** What a command of the product answered. */
export interface Said {
  readonly code: number;
  readonly text: string;
}

/** How long a command of a node is waited for on a busy host, milliseconds; nothing is proved by it. */
const MOST_MS = 1_200_000;

/** The files of /etc with their sums, modes and link targets; what a boot itself writes is left out. */
const ETC = `cd /etc && { find . -type f ! -path ./adjtime ! -name '*.cache' -exec sha256sum {} + | sort -k 2
find . -type f ! -path ./adjtime ! -name '*.cache' -printf '%m %u %g %p\\n' | sort -k 4; find . -type l -printf '%p -> %l\\n' | sort; }`;

/** A node whose host set-up is tried: a disk that starts by itself, and the machine that runs on it. */
export class SetupNode {
  readonly shape: Shape;
  #machine: VirtualMachine | undefined;

  private constructor(shape: Shape) {
    this.shape = shape;
  }

  /** Starts a copy of a node's disk. */
  static async start(from: string, name: string, shape: Partial<Shape> = {}): Promise<SetupNode> {
    const disk = await copySetupDisk(from, name);
    const esp = shape.mode === 'efi' ? { esp: await copyEsp(from, name) } : {};
    const node = new SetupNode({ mode: 'grub', disk, ownTime: true, cpus: 1, ...esp, ...shape });
    await node.boot();
    return node;
  }

  /** Starts a machine with these disks. */
  static async startFrom(shape: Shape): Promise<SetupNode> {
    const node = new SetupNode(shape);
    await node.boot();
    return node;
  }

  get machine(): VirtualMachine {
    if (this.#machine === undefined) throw new Error('The node is off.');
    return this.#machine;
  }

  /** Switches the node on, and does not wait for more than its agent. */
  async switchOn(): Promise<void> {
    await this.#timed('switched on', async () => {
      this.#machine = await VirtualMachine.start(this.shape);
    });
  }

  /** Switches the node on and waits until systemd has started all. */
  async boot(): Promise<void> {
    await this.switchOn();
    await this.must('systemctl is-system-running --wait > /dev/null; udevadm settle -t 600');
  }

  async powerDown(): Promise<void> {
    await this.#timed('switched off', async () => await this.machine.powerDown(MOST_MS));
    this.#machine = undefined;
  }

  /** An orderly reboot. */
  async reboot(): Promise<void> {
    await this.powerDown();
    await this.boot();
  }

  /** A machine with copies of the disks, as a power cut at this moment leaves them; this one goes on. */
  async asCutNow(name: string): Promise<Shape> {
    const { esp, disk = '' } = this.shape;
    const copy = { ...this.shape, disk: setupDisk(name), ...(esp === undefined ? {} : { esp: espOf(name) }) };
    await this.machine.frozen(async () => {
      copyFileSync(disk, copy.disk);
      if (esp !== undefined) for (const part of ['disk', 'variables'] as const) copyFileSync(esp[part], espOf(name)[part]);
    });
    return copy;
  }

  /** The power goes: what the guest has not written is lost. */
  async cutPower(): Promise<void> {
    await this.#machine?.kill();
    this.#machine = undefined;
  }

  async must(command: string, input?: string): Promise<string> {
    const options = { timeoutMs: MOST_MS, ...(input === undefined ? {} : { input }) };
    return await this.#timed(command, async () => await this.machine.must(command, options));
  }

  /** Runs the product as root at a terminal would, with both outputs. */
  async pveigpu(args: string): Promise<Said> {
    const command = `pveigpu ${args} < /dev/null 2>&1`;
    const answer = await this.#timed(command, async () => await this.machine.shell(command, { timeoutMs: MOST_MS }));
    if (answer.timedOut) throw new Error(`pveigpu ${args} did not end.`);
    return { code: answer.code, text: answer.stdout };
  }

  /** The files of /etc, a line for each. */
  async etc(): Promise<readonly string[]> {
    return (await this.must(ETC)).split('\n');
  }

  /** The driver of each function of the GPU when guests were started, such as `0000:00:02.0 vfio-pci`. */
  async guestsSaw(): Promise<readonly string[]> {
    return (await this.must('cat /run/guests-saw')).trim().split('\n');
  }

  /** Waits until the unit that confirms a boot has ended, and answers what it said. */
  async confirmed(): Promise<string> {
    await this.must(
      'while systemctl is-active -q pveigpu-confirm || [ "$(systemctl show --value -p ActiveState pveigpu-confirm)" = activating ]; do sleep 3; done',
    );
    return await this.must('journalctl --sync; journalctl -q -b -u pveigpu-confirm -o cat --no-pager');
  }

  /** Notes in `.rig/setup-times.log` what was done and how long it took: a story takes minutes and says nothing until it ends. */
  async #timed<T>(what: string, work: () => Promise<T>): Promise<T> {
    const begin = Date.now();
    try {
      return await work();
    } finally {
      const line = what.replaceAll(/\s+/g, ' ').slice(0, 100);
      const seconds = ((Date.now() - begin) / 1000).toFixed(1).padStart(7);
      const node = basename(this.shape.disk ?? '', '.qcow2');
      appendFileSync(inRig('setup-times.log'), `${new Date().toISOString().slice(11, 19)} ${seconds} s  ${node}: ${line}\n`);
    }
  }
}
