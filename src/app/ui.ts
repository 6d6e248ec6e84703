// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan } from '../core/plan/action.ts';
import { ok, type Result } from '../core/problem.ts';
import { sha1Hex } from '../core/text/sha1.ts';
import { INDEX_TEMPLATE, UI_SCRIPT } from '../core/ui/index-template.ts';
import { planUiInstall, planUiRemove, UI_NOT_WANTED, type UiGround, type UiSource } from '../core/ui/plan-ui.ts';
import { type UiView, uiView } from '../core/ui/ui-view.ts';
import type { Context } from './context.ts';
import { readImage } from './engine/read-image.ts';
import { readLedger } from './engine/state-files.ts';
import { readSettings } from './settings.ts';

/** The files of our Debian package, a path a line (dpkg(1)). */
const PACKAGE_LIST = '/var/lib/dpkg/info/pveigpu.list';

/** The script as it goes into PVE's page: with a version that changes when it does. */
export function uiSource(text: string, version: string): UiSource {
  return { text, version: `${version}-${sha1Hex(new TextEncoder().encode(text)).slice(0, 8)}` };
}

/** Plans showing the panel in PVE's interface, where the administrator does not say otherwise; nothing is written. */
export async function planUiInstalled(context: Context, source: UiSource): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  if (settings.value.showPanel === false) return ok(UI_NOT_WANTED);
  const ground = await uiGround(context.host);
  return ground.ok ? planUiInstall(ground.value, source) : ground;
}

/** Plans taking the panel out of PVE's interface; nothing is written. */
export async function planUiRemoved({ host }: Context): Promise<Result<Plan>> {
  const ground = await uiGround(host);
  return ground.ok ? ok(planUiRemove(ground.value)) : ground;
}

/** Whether PVE's interface shows the panel. */
export async function readUi({ host }: Context, { version }: UiSource): Promise<Result<UiView>> {
  const ground = await uiGround(host);
  return ground.ok ? ok(uiView(ground.value, UI_SCRIPT, version)) : ground;
}

async function uiGround(host: Context['host']): Promise<Result<UiGround>> {
  const ledger = await readLedger(host);
  if (!ledger.ok) return ledger;
  const template = await readImage(host, INDEX_TEMPLATE);
  if (!template.ok) return template;
  const script = await readImage(host, UI_SCRIPT);
  if (!script.ok) return script;
  const list = await host.read(PACKAGE_LIST);
  const isPackaged = list.kind === 'content' && list.value.split('\n').includes(UI_SCRIPT);
  return ok({ template: template.value, script: script.value, ledger: ledger.value, isPackaged });
}
