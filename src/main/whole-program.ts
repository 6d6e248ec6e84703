// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The entry that serves a socket when it is loaded. */
const SERVICE = 'service.mjs';

/**
 * Loads every part of the program that would be loaded later. For work that takes minutes and must come to its end: an upgrade of the package
 * takes the files of the old version away meanwhile, and node loads them only when they are first needed. From source, where files stay, it loads nothing.
 */
export async function loadWholeProgram(): Promise<void> {
  const folder = dirname(fileURLToPath(import.meta.url));
  const parts = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name !== SERVICE);
  await Promise.all(parts.map((name) => import(pathToFileURL(join(folder, name)).href)));
}
