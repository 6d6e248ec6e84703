// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { KernelModel, SimulatedProcess } from '../machine.ts';
import type { Profile } from '../profile.ts';
import { registerDriver } from './bus.ts';
import { enumerate } from './enumerate.ts';
import { builtInDrivers, loadModule, type ModuleSource } from './modules.ts';
import { endProcess, startProcess } from './processes.ts';
import type { Injections, KernelState, Outcome } from './state.ts';
import { readHangs, writeAttribute } from './write-attribute.ts';

/** How a kernel is started. */
export interface KernelStart {
  readonly tree: FileTree;
  readonly profile: Profile;
  readonly release: string;
  readonly cmdline: string;
  readonly nowMs: () => number;
  /** What modprobe sees on the running system. */
  readonly liveSource: () => ModuleSource;
  /** Certificates that shim has enrolled; default none. */
  readonly enrolledKeys?: ReadonlySet<string>;
}

/** A running simulated kernel: from power-on to reboot. */
export class SimulatedKernel implements KernelModel {
  readonly state: KernelState;
  readonly #start: KernelStart;
  readonly #lines: string[] = [];
  readonly #bootMs: number;

  constructor(start: KernelStart) {
    this.#start = start;
    this.#bootMs = start.nowMs();
    this.state = {
      tree: start.tree,
      profile: start.profile,
      release: start.release,
      cmdline: start.cmdline,
      iommu: start.profile.iommu && !/\bintel_iommu=(\S*,)?off\b/.test(start.cmdline),
      devices: new Map(),
      drivers: new Map(),
      modules: new Map(),
      groups: new Map(),
      processes: new Map(),
      enrolledKeys: start.enrolledKeys ?? new Set(),
      uevents: [],
      mdevs: new Map(),
      blocked: [],
      injections: {},
      nextPid: 1000,
      log: (line) => this.log(line),
    };
  }

  /** Prints the first lines and finds the devices. */
  boot(): void {
    const { state } = this;
    this.log(`Linux version ${state.release} (build@proxmox) #1 SMP PREEMPT_DYNAMIC`);
    this.log(`Command line: ${state.cmdline}`);
    for (const line of state.profile.bootLog ?? []) this.log(line);
    for (const name of ['drivers_probe', 'rescan', 'uevent']) state.tree.setFile(`/sys/bus/pci/${name}`, '', { mode: 0o200 });
    state.tree.setFile('/sys/bus/pci/drivers_autoprobe', '1\n');
    for (const directory of ['/sys/bus/pci/devices', '/sys/bus/pci/drivers', '/sys/class/drm', '/sys/class/iommu', '/dev'])
      state.tree.setDirectory(directory);
    if (state.iommu) state.tree.setDirectory('/sys/kernel/iommu_groups');
    enumerate(state);
    for (const driver of builtInDrivers(state.profile)) registerDriver(state, driver);
  }

  write(path: string, value: string): Outcome {
    return writeAttribute(this.state, path, value);
  }

  /** Whether a read of this path would never come back. */
  readHangs(path: string): boolean {
    return readHangs(this.state, path);
  }

  driverOf(bdf: string): string | null {
    return this.state.devices.get(bdf)?.driver ?? null;
  }

  startProcess(process: Omit<SimulatedProcess, 'pid'>): SimulatedProcess {
    return startProcess(this.state, process);
  }

  endProcess(pid: number): void {
    endProcess(this.state, pid);
  }

  processes(): readonly SimulatedProcess[] {
    return [...this.state.processes.values()];
  }

  log(line: string): void {
    // Every line is a tenth of a millisecond later than the one before, so that two runs print the same times.
    const seconds = (this.#start.nowMs() - this.#bootMs) / 1000 + this.#lines.length / 10_000;
    this.#lines.push(`[${seconds.toFixed(6).padStart(12)}] ${line}`);
  }

  /** The kernel log as `dmesg` prints it. */
  logText(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  modprobe(name: string): Outcome {
    return loadModule(this.state, name, this.#start.liveSource());
  }

  /** Loads a module for an alias, as udev does, from the running system or from an initramfs. */
  loadByAlias(name: string, source: ModuleSource): Outcome {
    return loadModule(this.state, name, source, true);
  }

  /** Loads a module by name from a given source. */
  loadFrom(name: string, source: ModuleSource): Outcome {
    return loadModule(this.state, name, source);
  }

  /** Puts faults into the kernel, or takes them out with an empty value. */
  inject(faults: Injections): void {
    delete this.state.injections.enableErrno;
    delete this.state.injections.enableAtMost;
    delete this.state.injections.rom;
    delete this.state.injections.acpiRom;
    Object.assign(this.state.injections, faults);
  }
}
