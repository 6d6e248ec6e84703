// SPDX-License-Identifier: AGPL-3.0-or-later
import { execute } from '../build/execute.ts';
import { inRig } from '../build/workspace.ts';
import { QEMU_ENVIRONMENT, qemuProgram } from '../machine/qemu-program.ts';

/** The disk of a machine whose host set-up is tried, by its name. */
export function setupDisk(name: string): string {
  return inRig('setup', `${fileName(name)}.qcow2`);
}

/** Where the firmware of such a machine keeps its variables. */
export function setupVariables(name: string): string {
  return inRig('setup', `${fileName(name)}.vars`);
}

/** A disk that keeps its changes apart from the one below it. */
export async function overlay(base: string, disk: string): Promise<void> {
  await createDisk('-b', base, '-F', 'qcow2', disk);
}

/** An empty disk; a size as qemu-img takes it. */
export async function emptyDisk(disk: string, size: string): Promise<void> {
  await createDisk(disk, size);
}

async function createDisk(...rest: readonly string[]): Promise<void> {
  await execute([...qemuProgram('qemu-img'), 'create', '-q', '-f', 'qcow2', ...rest], { env: QEMU_ENVIRONMENT() });
}

function fileName(name: string): string {
  return name.replaceAll(/\W+/g, '-');
}
