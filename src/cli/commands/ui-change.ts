// SPDX-License-Identifier: AGPL-3.0-or-later
import { planUiInstalled, planUiRemoved } from '../../app/ui.ts';
import { carryOut } from '../carry-out.ts';
import type { Call, CommandModule } from '../command.ts';
import { readUiScript } from '../ui-script.ts';

/** The command for one verb; they differ only in what is planned. */
export function uiCommand(verb: 'install' | 'remove'): CommandModule {
  return {
    run: async (call) =>
      await carryOut(quietly(call), async (context) => {
        if (verb === 'remove') return await planUiRemoved(context);
        const script = await readUiScript();
        return script.ok ? await planUiInstalled(context, script.value) : script;
      }),
  };
}

/** For scripts of packages: agreed on already, and nobody reads along. */
function quietly(call: Call): Call {
  const { io, options } = call;
  return options.quiet === true ? { ...call, options: { ...options, yes: true }, io: { ...io, out: () => undefined } } : call;
}
