// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { planAssign } from '../../app/assign.ts';
import { MODES, type Mode } from '../../core/gpu/verdict.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { mdevOf } from '../mdev-options.ts';
import { optimusOf } from '../optimus-options.ts';
import { Failure } from '../print-problem.ts';
import { countOf, gpuOf, textOf, vmidOf } from '../request.ts';
import { shareOf } from '../share-options.ts';
import { wholeOf } from '../whole-gpu-options.ts';

export async function run(call: Call): Promise<number> {
  const { options } = call;
  const vf = countOf(options.vf, 'VF number');
  const mode = modeOf(options.mode);
  const request = {
    vmid: vmidOf(call),
    mode,
    ...gpuOf(options),
    ...textOf(options, 'pool', 'pool'),
    ...textOf(options, 'rom', 'romfile'),
    ...(vf === undefined ? {} : { vf }),
    primary: options.primary === true,
    hook: options.hook === true,
    ...wholeOf(options),
    ...optimusOf(options),
    ...shareOf(options),
    ...mdevOf(options, mode),
  };
  if (vf !== undefined && options.pool !== undefined)
    throw new Failure({ code: 'usage', message: '--vf and --pool exclude each other.', hint: 'A pinned VF is in no pool.' });
  return await carryOut(call, (context) => planAssign(context, request, { hookStub, mayMount: options.dryRun !== true }));
}

function modeOf(text: string | boolean | undefined): Mode | 'auto' {
  if (text === undefined || text === 'auto') return 'auto';
  const mode = MODES.find((one) => one === text);
  if (mode === undefined)
    throw new Failure({ code: 'usage', message: `"${text}" is no mode.`, hint: `Use auto, ${MODES.join(', ')}.` });
  return mode;
}
