// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { leaveNode } from '../../app/package/leave-node.ts';
import { kernelsCame } from '../../app/package/package-trigger.ts';
import { settlePackage } from '../../app/package/settle-package.ts';
import { visible } from '../../core/text/visible.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';

/** What the package's own scripts call; nobody is asked, since nobody may be there. */
export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const [step = ''] = call.args;
  const say = (line: string) => io.out(`pveigpu: ${visible(line)}\n`);
  const context = { ...(await call.context()), log: { info: say, warn: say } };
  if (step === 'configure') return (await settlePackage(context, { hookStub })) ? EXIT.done : EXIT.conflict;
  if (step === 'kernels') for (const line of await kernelsCame(context)) say(line);
  else if (step === 'remove') {
    const left = await leaveNode(context, { hookStub, force: options.force === true });
    if (!left.ok) return refuse(call, left.problem);
  } else
    return refuse(call, {
      code: 'usage',
      message: `There is no step "${step}" of the package.`,
      hint: 'Use configure, kernels or remove.',
    });
  return EXIT.done;
}
