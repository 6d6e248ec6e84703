// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileTree, type TreeNode } from '../../core/files/file-tree.ts';

/** One EFI system partition (on a BIOS machine: the partition of that type which proxmox-boot-tool uses). */
export interface Esp {
  readonly uuid: string;
  readonly tree: FileTree;
  /** What fits on it, in bytes; only the lengths of files count. */
  sizeBytes: number;
  /** Its file system cannot be mounted any more. */
  damaged?: boolean;
}

/** A file system that is mounted below the root now. */
export interface Mount {
  readonly at: string;
  readonly esp: Esp;
  /** What stood there before. */
  readonly hidden: TreeNode | undefined;
}

/** What survives a power cut: the root file system, the EFI system partitions, the firmware's variables. */
export interface Disks {
  readonly root: FileTree;
  readonly esps: readonly Esp[];
  /** EFI variables by `NAME-GUID`, without the four bytes of attributes. */
  readonly efiVariables: Map<string, Uint8Array>;
  readonly mounts: Mount[];
}

/** The installer makes an EFI system partition of 1 GiB (https://pve.proxmox.com/wiki/Host_Bootloader). */
const ESP_BYTES = 1024 ** 3;

/** Empty disks with EFI system partitions of these UUIDs. */
export function newDisks(uuids: readonly string[]): Disks {
  const esps = uuids.map((uuid) => ({ uuid, tree: new FileTree(), sizeBytes: ESP_BYTES }));
  return { root: new FileTree(), esps, efiVariables: new Map(), mounts: [] };
}

/** Mounts a partition: its files are then below `at`, and what is written there lands on it. */
export function mountEsp(disks: Disks, esp: Esp, at: string): void {
  const hidden = disks.root.get(at);
  disks.mounts.push({ at, esp, hidden });
  disks.root.set(at, esp.tree.root);
}

/** Takes away what was mounted last at a directory; false when nothing was. */
export function unmount(disks: Disks, at: string): boolean {
  const index = disks.mounts.map((mount) => mount.at).lastIndexOf(at);
  const [mount] = index < 0 ? [] : disks.mounts.splice(index, 1);
  if (mount === undefined) return false;
  if (mount.hidden === undefined) disks.root.remove(at);
  else disks.root.set(at, mount.hidden);
  return true;
}

/** Takes every mount away, as power-off does. */
export function unmountAll(disks: Disks): void {
  for (const { at } of [...disks.mounts].reverse()) unmount(disks, at);
}

/** The partition that holds a path of the root tree, undefined for the root file system. */
export function espOf(disks: Disks, path: string): Esp | undefined {
  return disks.mounts.filter(({ at }) => path === at || path.startsWith(`${at}/`)).at(-1)?.esp;
}

/** Bytes that are free on an EFI system partition. */
export function espFreeBytes(esp: Esp): number {
  let used = 0;
  for (const { node } of esp.tree.walk()) if (node.kind === 'file') used += byteLength(node.content);
  return Math.max(0, esp.sizeBytes - used);
}

/** The length of a file's content in bytes. */
export function byteLength(content: string | Uint8Array): number {
  return typeof content === 'string' ? new TextEncoder().encode(content).length : content.length;
}
