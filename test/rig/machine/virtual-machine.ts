// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inRig } from '../build/workspace.ts';
import { chooseAccelerator } from './accelerator.ts';
import { GuestAgent, type GuestAnswer } from './guest-agent.ts';
import { qemuArguments } from './qemu-arguments.ts';
import { QEMU_ENVIRONMENT, qemuProgram } from './qemu-program.ts';
import type { RunFolder, Shape } from './shape.ts';

/** Longest boot that is waited for, milliseconds: GRUB and systemd under TCG on a busy machine. */
const BOOT_MS = 600_000;

/** One virtual machine of the rig, from its start to the end of QEMU. */
export class VirtualMachine {
  readonly shape: Shape;
  /** Seconds from the start of QEMU to the first answer of the agent. */
  bootSeconds = 0;
  readonly #run: RunFolder;
  #process: ChildProcess | undefined;
  #agent: GuestAgent | undefined;

  private constructor(shape: Shape) {
    this.shape = shape;
    mkdirSync(inRig('run'), { recursive: true });
    const folder = mkdtempSync(inRig('run', 'vm-'));
    const at = (name: string) => join(folder, name);
    this.#run = { folder, agent: at('agent.sock'), monitor: at('monitor.sock'), serialLog: at('serial.log') };
  }

  /** Starts a machine and waits for its agent. */
  static async start(shape: Shape): Promise<VirtualMachine> {
    const machine = new VirtualMachine(shape);
    const begin = Date.now();
    machine.#launch(await chooseAccelerator((line) => console.log(line)));
    const end = begin + BOOT_MS;
    let waitMs = 1000;
    while (Date.now() < end) {
      if (!machine.#runs) {
        const said = `${machine.#tail('qemu.log')}${machine.#tail('serial.log')}`;
        await machine.kill();
        throw new Error(`QEMU ended before the guest was up.\n${said}`);
      }
      if (existsSync(machine.#run.agent)) {
        machine.#agent = await GuestAgent.connect(machine.#run.agent, waitMs);
        // Each time longer: on a busy host every answer may take more than a second, and would come after the next question.
        waitMs = Math.min(waitMs + 500, 10_000);
      }
      if (machine.#agent !== undefined) {
        machine.bootSeconds = (Date.now() - begin) / 1000;
        return machine;
      }
      await pause(50);
    }
    const log = machine.keepLogs('no-agent');
    await machine.kill();
    throw new Error(
      `The guest's agent did not answer within ${BOOT_MS / 1000} s; console in ${log}.\n${machine.#tail('serial.log')}`,
    );
  }

  /** Runs a shell command in the guest. */
  async shell(command: string, options: { readonly timeoutMs?: number; readonly input?: string } = {}): Promise<GuestAnswer> {
    if (this.#agent === undefined) throw new Error('The machine is off.');
    return this.#agent.shell(command, options);
  }

  /** Runs a shell command that must succeed, and answers its standard output. */
  async must(command: string, options: { readonly timeoutMs?: number; readonly input?: string } = {}): Promise<string> {
    const answer = await this.shell(command, options);
    if (answer.code !== 0) throw new Error(`${command}\nended with ${answer.code}: ${answer.stdout}${answer.stderr}`);
    return answer.stdout;
  }

  /**
   * An orderly end: file systems are written, then QEMU exits. A machine that does not end in time is killed; where its disk is kept that is an
   * error, since the disk may lack what the guest believed to be written.
   */
  async powerDown(timeoutMs = this.shape.disk === undefined ? 40_000 : BOOT_MS): Promise<void> {
    const off = this.shape.mode === 'fast' ? 'reboot -f' : 'systemctl poweroff';
    await this.#agent?.shell(`sync; (sleep 0.2; ${off}) >/dev/null 2>&1 &`, { timeoutMs: 10_000 }).catch(() => undefined);
    const end = Date.now() + timeoutMs;
    while (this.#runs && Date.now() < end) await pause(50);
    const isKilled = this.#runs;
    const said = isKilled ? this.#tail('serial.log') : '';
    await this.kill();
    if (isKilled && this.shape.disk !== undefined)
      throw new Error(`The machine did not end within ${timeoutMs / 1000} s and was killed.\n${said}`);
  }

  /** Does something while the machine stands still, with all that it has written so far in the files of its disks. */
  async frozen(work: () => Promise<void>): Promise<void> {
    const id = this.#process?.pid;
    if (id === undefined || !this.#runs) throw new Error('The machine is off.');
    process.kill(id, 'SIGSTOP');
    try {
      // Each thread stops when it comes back from the kernel.
      while (!readdirSync(`/proc/${id}/task`).every((thread) => isStopped(`/proc/${id}/task/${thread}/stat`))) await pause(5);
      await work();
    } finally {
      process.kill(id, 'SIGCONT');
    }
  }

  /** Ends QEMU at once, and takes its run folder away. */
  async kill(): Promise<void> {
    this.#agent?.close();
    this.#agent = undefined;
    if (this.#runs) {
      this.#process?.kill('SIGKILL');
      await this.#ended();
    }
    rmSync(this.#run.folder, { recursive: true, force: true });
  }

  /** Copies console and QEMU messages to `failures/`, for a case that failed; answers the folder. */
  keepLogs(name: string): string {
    const folder = inRig('failures', name.replaceAll(/[^\w.-]+/g, '-'));
    mkdirSync(folder, { recursive: true });
    for (const file of ['serial.log', 'qemu.log'])
      if (existsSync(join(this.#run.folder, file))) copyFileSync(join(this.#run.folder, file), join(folder, file));
    return folder;
  }

  #launch(accelerator: 'tcg' | 'kvm'): void {
    const start = qemuProgram('qemu-system-x86_64');
    const log = openSync(join(this.#run.folder, 'qemu.log'), 'a');
    // QEMU ends with this process, also when that is killed (setpriv is part of util-linux).
    const argv = ['--pdeathsig', 'KILL', ...start, ...qemuArguments(this.shape, this.#run, accelerator)];
    this.#process = spawn('setpriv', argv, {
      env: { ...process.env, ...QEMU_ENVIRONMENT() },
      stdio: ['ignore', log, log],
    });
  }

  get #runs(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  #ended(): Promise<void> {
    const child = this.#process;
    if (child === undefined || !this.#runs) return Promise.resolve();
    return new Promise((resolve) => child.once('exit', () => resolve()));
  }

  #tail(file: string): string {
    const path = join(this.#run.folder, file);
    return existsSync(path) ? readFileSync(path, 'latin1').slice(-3000) : '';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The state of a thread stands after its name, which may hold anything (proc_pid_stat(5)). */
function isStopped(stat: string): boolean {
  return /\) T [^)]*$/.test(readFileSync(stat, 'utf8'));
}
