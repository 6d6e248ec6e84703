// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import { shownPlan } from '../../src/app/shown-plan.ts';
import { planText } from '../../src/cli/plan-text.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import { MODES, type Mode } from '../../src/core/gpu/verdict.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { CONTAINER_KINDS, withContainers } from '../support/container-kinds.ts';
import { expectGolden } from '../support/golden.ts';
import { inMode } from '../support/in-mode.ts';
import { HOOK_STUB, type Simulated } from './simulated.ts';

const IO = { out: () => {}, err: () => {}, colour: false, columns: 4000, interactive: false, confirm: async () => false };

const VMS = [
  { id: 100, title: 'Linux, q35, OVMF' },
  { id: 103, title: 'Linux, i440fx, SeaBIOS' },
  { id: 102, title: 'Windows 11' },
] as const;

/** Every kind of guest that the matrix has. */
const GUESTS: readonly { readonly id: number; readonly title: string; readonly isVm: boolean }[] = [
  ...VMS.map((one) => ({ ...one, isVm: true })),
  ...CONTAINER_KINDS.map(({ ctid, title }) => ({ id: ctid, title, isVm: false })),
];

/** A machine in a mode. Containers run, so that they are looked into. */
async function withGuests(profile: Profile, mode: Mode): Promise<Simulated> {
  const machine = await inMode(withContainers(profile, CONTAINER_KINDS), mode);
  for (const { ctid } of CONTAINER_KINDS) await machine.must('pct', 'start', String(ctid));
  return machine;
}

/** What `assign` prints, without lines that do not change and without digests. */
async function planned({ context, node }: Simulated, request: AssignRequest): Promise<readonly [text: string, hint: string]> {
  const plan = await planAssign(context, request, { hookStub: HOOK_STUB });
  if (!plan.ok) return [`refused: ${plan.problem.message} ${plan.problem.hint ?? ''}`.trimEnd(), plan.problem.hint ?? ''];
  // Remarks in one line each; lines of a file that stay as they are begin with three blanks.
  const text = planText(IO, await shownPlan(node, plan.value)).replace(/\n {6,}/g, ' ');
  const kept = text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('   '))
    .map((line) => line.replace(/ --digest [0-9a-f]+/, ''));
  return [kept.join('\n'), ''];
}

/** The flags that a refusal asks for, as the request that has them. */
function withFlags(request: AssignRequest, hint: string): AssignRequest | undefined {
  const flags = /To change the guest, give ([^.]*)\./.exec(hint)?.[1];
  if (flags === undefined) return undefined;
  const whole = {
    ...(flags.includes('--machine pc') ? { machine: 'pc' as const } : {}),
    ...(flags.includes('--bios ovmf') ? { bios: 'ovmf' as const } : {}),
    ...(flags.includes('--vga none') ? { noVga: true } : {}),
  };
  return { ...request, whole };
}

async function askedOf(machine: Simulated, id: number, isVm: boolean, mode: Mode): Promise<string> {
  const request: AssignRequest = isVm ? { vmid: id, mode } : { vmid: id };
  const [text, hint] = await planned(machine, request);
  const more = withFlags(request, hint);
  return more === undefined ? text : `${text}\nwith these flags: ${(await planned(machine, more))[0]}`;
}

/** One machine: each mode, each guest. What is as for a guest before, but for its number, is only named. */
async function matrixOf(profile: Profile): Promise<{ readonly text: string; readonly combinations: number }> {
  const seen = new Map<string, string>();
  const parts: string[] = [];
  let combinations = 0;
  for (const mode of MODES) {
    const machine = await withGuests(profile, mode);
    parts.push(`== ${mode}`);
    for (const { id, title, isVm } of GUESTS) {
      const text = await askedOf(machine, id, isVm, mode);
      // Every combination has an answer: a plan, or a sentence.
      expect(text, `${profile.name}, ${mode}, ${title}`).toMatch(/^\S+ .{10}/);
      const same = text.replaceAll(String(id), 'ID');
      const before = seen.get(same);
      parts.push(before === undefined ? `# ${title}\n${text}` : `# ${title}: as ${before}`);
      if (before === undefined) seen.set(same, `${title} (${mode})`);
      combinations += 1;
    }
  }
  return { text: `${profile.title}\n\n${parts.join('\n')}\n`, combinations };
}

describe('what each kind of guest is given on each machine in each mode, as it is printed', () => {
  test.each(PROFILES)('$name', async (profile) => {
    const { text, combinations } = await matrixOf(profile);
    expect(combinations).toBe(MODES.length * 13);
    expectGolden(`matrix/${profile.name}.txt`, text);
  });

  test('no machine and no mode is missing', () => {
    expect([PROFILES.length * MODES.length * GUESTS.length, new Set(GUESTS.map(({ title }) => title)).size]).toEqual([1248, 13]);
  });
});
