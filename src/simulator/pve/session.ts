// SPDX-License-Identifier: AGPL-3.0-or-later

import { type Rejection, rejectedLines } from '../../core/guest/config-document.ts';
import { configDigest } from '../../core/guest/digest.ts';
import { parseVmConfig } from '../../core/guest/vm-config.ts';
import { readVmModel, type VmModel } from '../../core/guest/vm-model.ts';
import type { Machine } from '../machine.ts';
import { confName, readConf, writeCluster } from './guest-state.ts';
import { Output } from './output.ts';
import { configFault, endLine } from './value-check.ts';
import { vmFileKey } from './vm-options.ts';

/** Who runs PVE's code: a program on the console, an API daemon, or qmeventd's `qm cleanup`. */
export type Caller = 'cli' | 'api' | 'qmeventd';

/** A VM's configuration as read: the raw text, PVE's reading of it, and its digest. */
export interface LoadedVm {
  readonly text: string;
  readonly model: VmModel;
  readonly digest: string;
}

/** What became of a task that a call started. */
export interface Task {
  readonly type: string;
  readonly id: string;
  /** `OK`, or the message it died with. */
  readonly exitStatus: string;
  readonly log: readonly string[];
}

/** One run of PVE's code: where it prints, and what it has read already. */
export class Session {
  readonly machine: Machine;
  readonly caller: Caller;
  readonly output: Output;
  /** Tasks that calls of this run have started, finished by now. */
  readonly tasks: Task[] = [];
  /** File texts whose warnings were printed: PVE parses a file again only when its version has changed. */
  readonly #parsed: Map<string, string>;

  constructor(machine: Machine, caller: Caller, output = new Output(), parsed = new Map<string, string>()) {
    this.machine = machine;
    this.caller = caller;
    this.output = output;
    this.#parsed = parsed;
  }

  /** The same run with its output kept apart, as in a forked worker. */
  fork(): Session {
    return new Session(this.machine, this.caller, new Output(), this.#parsed);
  }

  readonly warn = (text: string): void => this.output.warn(text);

  /** Loads a VM's configuration, with PVE's warnings for what it does not understand. Dies when it is absent. */
  loadVm(vmid: number): LoadedVm {
    const text = readConf(this.machine, vmid);
    const name = confName(this.machine, vmid);
    if (this.#parsed.get(name) !== text) {
      const lines = text.split('\n');
      for (const { line, rejection } of rejectedLines(parseVmConfig(text)))
        this.warn(`vm ${vmid} - ${warningOf(rejection, lines[line - 1] ?? '')}`);
    }
    this.#parsed.set(name, text);
    return { text, model: readVmModel(text), digest: configDigest(text) };
  }

  saveVm(vmid: number, text: string): void {
    writeCluster(this.machine, confName(this.machine, vmid), text);
  }
}

/** PVE's warning about a line: the schema knows the exact words for a value, the parser for everything else. */
function warningOf({ key, warning }: Rejection, line: string): string {
  const rule = key === undefined ? undefined : vmFileKey(key);
  const fault = rule === undefined ? undefined : configFault(rule, line.slice(line.indexOf(':') + 1).trim());
  return fault === undefined ? endLine(warning) : `unable to parse value of '${key}' - ${fault}`;
}
