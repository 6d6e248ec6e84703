// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile } from 'node:fs/promises';
import { uiSource } from '../app/ui.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { UiSource } from '../core/ui/plan-ui.ts';
import { VERSION } from '../main/version.ts';
import { wwwFolder } from './www-folder.ts';

/** The panel's script as this program brings it. Fails where it was not built. */
export async function readUiScript(): Promise<Result<UiSource>> {
  const path = `${wwwFolder()}/pveigpu.js`;
  try {
    return ok(uiSource(await readFile(path, 'utf8'), VERSION));
  } catch {
    return problem('host.read', `There is no ${path}, which is the panel.`, { hint: 'Build it: node build.mjs', where: path });
  }
}
