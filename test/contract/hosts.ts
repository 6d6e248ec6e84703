// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openCapture } from '../../src/adapters/host-capture.ts';
import { localHost } from '../../src/adapters/host-local.ts';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { captureOfTree } from '../../src/core/capture/capture-of-tree.ts';
import { printCapture } from '../../src/core/capture/print-capture.ts';
import { FileTree } from '../../src/core/files/file-tree.ts';
import type { Host } from '../../src/ports/host.ts';
import { RAPTOR_LAKE_S as SIMULATED } from '../../src/simulator/profiles/twelfth-generation.ts';
import { createSimulatedNode } from '../../src/simulator/simulated-node.ts';

/** Puts things onto the machine under test without going through its Host. Paths are as its Host sees them. */
export interface Builder {
  file(path: string, content: string | Uint8Array, mode?: number): void;
  directory(path: string): void;
  link(path: string, target: string): void;
  fifo(path: string): void;
}

/** A machine under test, opened with its content. */
export interface Bench {
  readonly host: Host;
  /** Another process's view of the same machine, for locks. */
  readonly other: Host;
  /** The folder in which a test may work; absolute paths start with it. */
  readonly base: string;
  dispose(): void;
}

/** One kind of Host. A new adapter is one more entry of {@link hostFactories}. */
export interface HostFactory {
  readonly name: string;
  readonly can: { readonly write: boolean; readonly run: boolean; readonly poke: boolean };
  open(fill: (build: Builder, base: string) => void): Bench;
}

export const hostFactories: readonly HostFactory[] = [
  { name: 'local /', can: { write: true, run: true, poke: true }, open: (fill) => onDisk(fill, false) },
  { name: 'local --root', can: { write: true, run: false, poke: false }, open: (fill) => onDisk(fill, true) },
  { name: 'memory', can: { write: true, run: false, poke: true }, open: inMemory },
  { name: 'simulated', can: { write: true, run: true, poke: true }, open: inSimulator },
  { name: 'capture', can: { write: false, run: false, poke: false }, open: inCapture },
];

function onDisk(fill: (build: Builder, base: string) => void, rerooted: boolean): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'pveigpu-host-'));
  const base = rerooted ? '' : folder;
  const real = (path: string) => (rerooted ? join(folder, path) : path);
  const withParent = (path: string) => {
    mkdirSync(dirname(real(path)), { recursive: true });
    return real(path);
  };
  fill(
    {
      file(path, content, mode = 0o644) {
        writeFileSync(withParent(path), content);
        chmodSync(real(path), mode);
      },
      directory: (path) => void mkdirSync(real(path), { recursive: true }),
      link: (path, target) => symlinkSync(target, withParent(path)),
      fifo: (path) => void execFileSync('mkfifo', [withParent(path)]),
    },
    base,
  );
  const open = () => localHost(rerooted ? { root: folder } : {});
  return { host: open(), other: open(), base, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

function inMemory(fill: (build: Builder, base: string) => void): Bench {
  const tree = treeFrom(fill);
  return { host: memoryHost(tree), other: memoryHost(tree), base: '', dispose: () => {} };
}

function inSimulator(fill: (build: Builder, base: string) => void): Bench {
  const node = createSimulatedNode(SIMULATED);
  const base = '/srv/contract';
  node.machine.tree.setDirectory(base);
  fillTree(node.machine.tree, fill, base);
  return { host: node, other: node, base, dispose: () => {} };
}

function inCapture(fill: (build: Builder, base: string) => void): Bench {
  const text = printCapture(captureOfTree(treeFrom(fill)));
  const open = () => {
    const opened = openCapture(text, 'capture:test');
    if (!opened.ok) throw new Error(opened.problem.message);
    return opened.value;
  };
  return { host: open(), other: open(), base: '', dispose: () => {} };
}

function treeFrom(fill: (build: Builder, base: string) => void): FileTree {
  const tree = new FileTree();
  fillTree(tree, fill, '');
  return tree;
}

function fillTree(tree: FileTree, fill: (build: Builder, base: string) => void, base: string): void {
  fill(
    {
      file: (path, content, mode = 0o644) => tree.setFile(path, content, { mode }),
      directory: (path) => tree.setDirectory(path),
      link: (path, target) => tree.setLink(path, target),
      fifo: (path) => tree.set(path, { kind: 'fifo' }),
    },
    base,
  );
}
