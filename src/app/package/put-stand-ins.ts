// SPDX-License-Identifier: AGPL-3.0-or-later
import { HOOK_FILE, isOurFile, isOurHook } from '../../core/assign/ours.ts';
import { ifKnown } from '../../core/facts/section.ts';
import { HARMLESS_HOOK } from '../../core/package/harmless-hook.ts';
import type { Step } from '../../core/plan/action.ts';
import { fromBase64, textToBase64 } from '../../core/plan/file-image.ts';
import type { Context } from '../context.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { readImage } from '../engine/read-image.ts';
import { readLedger } from '../engine/state-files.ts';
import { senseHookscripts } from '../sense/sense-hookscripts.ts';

/**
 * Hookscripts of ours that are still there when the package goes (a guest could not be changed, a snapshot names it, the guests are not
 * known) do nothing from then on. One that guests of other nodes name too may be on a storage that they share, and is left.
 */
export async function putStandIns(context: Context): Promise<void> {
  const { host, log } = context;
  const steps: Step[] = [];
  for (const path of await hooksThatStay(context)) {
    const now = await readImage(host, path);
    if (!now.ok || now.value.kind !== 'file') continue;
    const { base64, mode } = now.value;
    if (!isOurFile(new TextDecoder().decode(fromBase64(base64))) || base64 === textToBase64(HARMLESS_HOOK)) continue;
    const args = { path, base64: textToBase64(HARMLESS_HOOK), mode, before: now.value, release: true } as const;
    steps.push({ action: 'writeFile', args, reason: 'guests that name it start, and nothing else is done' });
  }
  if (steps.length === 0) return;
  const applied = await applyPlan(context, { title: 'stand-in for the hookscript', steps, remarks: [] });
  if (!applied.ok) return log.warn(`The hookscript stays as it is: ${applied.problem.message}`);
  for (const { args } of steps) if ('path' in args) log.info(`${args.path} stays for guests that name it, and does nothing.`);
}

async function hooksThatStay({ host }: Context): Promise<readonly string[]> {
  const ledger = await readLedger(host);
  const noted = ledger.ok ? Object.keys(ledger.value.files).filter((path) => path.endsWith(`/${HOOK_FILE}`)) : [];
  const named = (ifKnown(await senseHookscripts(host))?.scripts ?? []).filter(({ volid }) => isOurHook(volid));
  const shared = named.flatMap(({ path, elsewhere = [] }) => (path !== undefined && elsewhere.length > 0 ? [path] : []));
  const paths = [...noted, ...named.flatMap(({ path }) => path ?? [])];
  return [...new Set(paths)].filter((path) => !shared.includes(path)).sort();
}
