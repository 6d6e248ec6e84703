// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder of the rig's sources; the rig is always started from the top of the project. */
export const RIG_SOURCE = resolve('test/rig');

/** Where the rig keeps what it built: `.rig` of the project, or the folder that `PVEIGPU_RIG` names. */
export function rigFolder(): string {
  return resolve(process.env.PVEIGPU_RIG ?? '.rig');
}

/** A path in the rig's folder. */
export function inRig(...parts: readonly string[]): string {
  return join(rigFolder(), ...parts);
}

/** A digest over texts and over the files below source paths; the order counts. */
export function digest(inputs: { readonly texts?: readonly string[]; readonly sources?: readonly string[] }): string {
  const hash = createHash('sha256');
  for (const text of inputs.texts ?? []) hash.update(`${text}\0`);
  for (const source of inputs.sources ?? [])
    for (const file of filesBelow(join(RIG_SOURCE, source))) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 24);
}

/** Whether a stage was built from exactly these inputs. */
export function isBuilt(stage: string, key: string): boolean {
  const stamp = inRig('stamps', stage);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
}

/** Remembers the inputs of a stage that was built. */
export function markBuilt(stage: string, key: string): void {
  mkdirSync(inRig('stamps'), { recursive: true });
  writeFileSync(inRig('stamps', stage), key);
}

/** Forgets a stage, before it is built again: a build that breaks off leaves no stamp. */
export function unmark(stage: string): void {
  rmSync(inRig('stamps', stage), { force: true });
}

/** Takes the rig's folder for this process. A lock whose owner is gone does not count. */
export function takeFolder(): () => void {
  mkdirSync(rigFolder(), { recursive: true });
  const lock = inRig('in-use-by');
  if (existsSync(lock)) {
    const owner = readFileSync(lock, 'utf8').trim();
    if (owner !== String(process.pid) && existsSync(`/proc/${owner}`))
      throw new Error(
        `The rig in ${rigFolder()} is in use by process ${owner}. Wait for it, or set PVEIGPU_RIG to another folder.`,
      );
  }
  writeFileSync(lock, `${process.pid}\n`);
  return () => rmSync(lock, { force: true });
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}
