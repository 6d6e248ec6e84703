// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layOut, type Machine, makeVfs, PF, probe, vf } from './hook-node.ts';

/** A machine in a directory, for real processes. Files are written in place, as the kernel's attributes are. */
export function directoryMachine(root: string): Machine {
  const at = (path: string) => join(root, path);
  const parent = (path: string) => mkdirSync(dirname(at(path)), { recursive: true });
  return {
    text: (path) => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : undefined),
    names: (path) => (existsSync(at(path)) ? readdirSync(at(path)) : undefined),
    setFile(path, content) {
      parent(path);
      writeFileSync(at(path), content);
    },
    setLink(path, target) {
      parent(path);
      symlinkSync(target, at(path));
    },
    remove: (path) => rmSync(at(path), { recursive: true, force: true }),
    linkEnd(path) {
      try {
        return readlinkSync(at(path)).split('/').at(-1);
      } catch {
        return undefined;
      }
    },
  };
}

/** A kernel for a directory: looks for writes and does what the real one would do. */
export interface FakeKernel {
  /** The values that were written to `sriov_numvfs`. */
  readonly numVfsWrites: readonly string[];
  stop(): void;
}

export function startKernel(machine: Machine): FakeKernel {
  layOut(machine);
  const numVfsPath = `/sys/bus/pci/devices/${PF}/sriov_numvfs`;
  const numVfsWrites: string[] = [];
  const timer = setInterval(() => {
    const asked = machine.text(numVfsPath)?.trim() ?? '0';
    if (asked !== '0' && asked !== '') {
      numVfsWrites.push(asked);
      machine.setFile(numVfsPath, '0\n');
      if (machine.linkEnd(`/sys/bus/pci/devices/${PF}/virtfn0`) === undefined) makeVfs(machine, Number(asked));
    }
    for (let number = 1; number <= 7; number += 1) {
      if (machine.text('/sys/bus/pci/drivers_probe')?.trim() !== vf(number)) continue;
      machine.setFile('/sys/bus/pci/drivers_probe', '');
      probe(machine, vf(number));
    }
  }, 2);
  return { numVfsWrites, stop: () => clearInterval(timer) };
}
