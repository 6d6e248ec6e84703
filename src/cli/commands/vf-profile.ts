// SPDX-License-Identifier: AGPL-3.0-or-later
import { planSetVfProfile, showVfProfile } from '../../app/vf-profile.ts';
import { PRIORITIES, type Priority, type SchedulingProfile } from '../../core/vf/vf-profile.ts';
import { vfProfileRows, vfProfileView } from '../../core/vf/vf-profile-view.ts';
import { carryOut, refuse } from '../carry-out.ts';
import type { Call, Options } from '../command.ts';
import { Failure } from '../print-problem.ts';
import { printView } from '../print-view.ts';
import { gpuOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const { gpu } = gpuOf(call.options);
  const values = valuesOf(call.options);
  if (Object.keys(values).length > 0) {
    const request = { function: functionOf(call.options), values };
    return await carryOut(call, (context) => planSetVfProfile(context, gpu, request));
  }
  const profiles = await showVfProfile(await call.context(), gpu);
  if (!profiles.ok) return refuse(call, profiles.problem);
  const view = vfProfileView(profiles.value);
  return printView(call, { kind: 'vf-profile', view, rows: vfProfileRows(view), none: 'No VFs.' });
}

function valuesOf(options: Options): SchedulingProfile {
  const execQuantumMs = numberOf(options.execQuantum, '--exec-quantum');
  const preemptTimeoutUs = numberOf(options.preemptTimeout, '--preempt-timeout');
  const priority = priorityOf(options.priority);
  return {
    ...(execQuantumMs === undefined ? {} : { execQuantumMs }),
    ...(preemptTimeoutUs === undefined ? {} : { preemptTimeoutUs }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** Without `--vf` all VFs are meant; 0 is the GPU itself. */
function functionOf({ vf }: Options): number | 'vfs' {
  if (typeof vf !== 'string') return 'vfs';
  return numberOf(vf, '--vf') ?? 'vfs';
}

function numberOf(text: string | boolean | undefined, flag: string): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Failure({ code: 'usage', message: `"${text}" is no number for ${flag}.`, hint: 'Give a whole number from 0.' });
}

function priorityOf(text: string | boolean | undefined): Priority | undefined {
  if (typeof text !== 'string') return undefined;
  const found = PRIORITIES.find((priority) => priority === text);
  if (found !== undefined) return found;
  throw new Failure({ code: 'usage', message: `"${text}" is no priority.`, hint: `There are: ${PRIORITIES.join(', ')}.` });
}
