// SPDX-License-Identifier: AGPL-3.0-or-later
import { readUi } from '../../app/ui.ts';
import { uiRows } from '../../core/ui/ui-view.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { printView } from '../print-view.ts';
import { readUiScript } from '../ui-script.ts';

export async function run(call: Call): Promise<number> {
  const script = await readUiScript();
  const looked = script.ok ? await readUi(await call.context(), script.value) : script;
  if (!looked.ok) return refuse(call, looked.problem);
  const view = { ...looked.value, unknown: [] };
  return printView(call, { kind: 'ui', view, rows: uiRows(view), none: '' });
}
