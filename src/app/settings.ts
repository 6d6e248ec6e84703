// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../core/problem.ts';
import { DEFAULT_SETTINGS, parseSettings, SETTINGS_FILE, type Settings } from '../core/settings/settings.ts';
import type { Context } from './context.ts';

/** What the administrator of this node decided; without a file, our defaults. */
export async function readSettings({ host }: Pick<Context, 'host'>): Promise<Result<Settings>> {
  const file = await host.read(SETTINGS_FILE);
  // a capture does not hold it: it is about what pveigpu does, not about the machine
  if (file.kind === 'absent' || (file.kind === 'unreadable' && !host.abilities.write)) return ok(DEFAULT_SETTINGS);
  if (file.kind === 'content') return parseSettings(file.value, SETTINGS_FILE);
  return problem('host.read', `${SETTINGS_FILE} cannot be read: ${file.errno}.`, {
    hint: 'Run pveigpu as root.',
    where: SETTINGS_FILE,
  });
}
