// SPDX-License-Identifier: AGPL-3.0-or-later
import { boundedOutput } from '../../core/inside/bounded-output.ts';
import type { InsideOutput } from '../../core/inside/guest-exec.ts';
import type { InsideCase } from '../../core/inside/inside-case.ts';
import { ENGINES, nodeProbes, PROBES, qsvEncode, vaapiEncode, vainfoProbe } from '../../core/inside/inside-probe.ts';
import { type InsideCommand, quick } from '../../core/inside/inside-step.ts';
import { type DriNode, parseDriNodes } from '../../core/inside/verify-input.ts';
import { unverified, type VerifyView, verifyLinux, verifyWindows } from '../../core/inside/verify-view.ts';
import { parseWindowsAdapters, WINDOWS_QUERY } from '../../core/inside/windows-adapters.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { Context } from '../context.ts';
import type { OpenedGuest } from './open-inside.ts';
import { runInside } from './run-inside.ts';

const INTEL = '0x8086';

/** Looks whether the slice works inside the guest. Only reads there; the encodes write nowhere. */
export async function verifyInside(context: Context, { inside, unseen }: OpenedGuest): Promise<Result<VerifyView>> {
  const { system } = inside;
  if (system === 'other')
    return problem('host.unsupported', 'Only Linux and Windows guests can be verified.', {
      hint: `Its ostype says something else: qm config ${inside.guest.vmid}`,
    });
  if (unseen !== undefined)
    return unseen.code === 'guest.not-running' ? { ok: false, problem: unseen } : ok(unverified(inside, unseen.message));
  return system === 'windows' ? await windows(context, inside) : await linux(context, inside);
}

async function windows({ host }: Context, inside: InsideCase): Promise<Result<VerifyView>> {
  const asked = await runInside(host, inside.guest, quick(...WINDOWS_QUERY));
  if (!asked.ok) return asked.problem.code === 'guest.not-running' ? asked : ok(unverified(inside, asked.problem.message));
  const adapters = asked.value.exitCode === 0 ? parseWindowsAdapters(asked.value.stdout) : undefined;
  return ok(
    adapters === undefined
      ? unverified(inside, `What Windows says of its adapters cannot be read: ${visible(asked.value.stderr, 200)}`)
      : verifyWindows(inside, adapters),
  );
}

async function linux({ host }: Context, inside: InsideCase): Promise<Result<VerifyView>> {
  const unanswered: string[] = [];
  const ask = async (command: InsideCommand): Promise<InsideOutput | undefined> => {
    const answer = await runInside(host, inside.guest, command);
    if (!answer.ok) unanswered.push(answer.problem.message);
    return answer.ok ? boundedOutput(answer.value) : undefined;
  };
  const nodes = await runInside(host, inside.guest, PROBES.nodes);
  if (!nodes.ok) return ok(unverified(inside, nodes.problem.message));
  const listed = boundedOutput(nodes.value);
  const node = await renderNode(parseDriNodes(listed.stdout), ask);
  const log = inside.guest.kind === 'qemu' ? await ask(PROBES.log) : undefined;
  const base = { inside, nodes: listed, unanswered, ...given('log', log) };
  if (node === undefined) return ok(verifyLinux(base));
  const { name } = node;
  const link = await ask(nodeProbes(name).driver);
  const driver = link?.exitCode === 0 ? link.stdout.trim().split('/').at(-1) : undefined;
  const vainfo = await ask(vainfoProbe(name));
  // A VF has no counters (i915_pmu.c), so there is nothing to watch.
  const isCounted = inside.slice.kind !== 'vf';
  const [vaapi, engines] = await Promise.all([ask(vaapiEncode(name)), isCounted ? ask(ENGINES) : undefined]);
  const qsv = await ask(qsvEncode(name));
  const opencl = await ask(PROBES.opencl);
  return ok(
    verifyLinux({
      ...base,
      node,
      ...given('driver', driver),
      ...given('vainfo', vainfo),
      ...given('vaapiEncode', vaapi),
      ...given('qsvEncode', qsv),
      ...given('engines', engines),
      ...given('opencl', opencl),
    }),
  );
}

function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}

/** The first render node that is Intel's, or whose maker cannot be told; a virtual display has one as well. */
async function renderNode(
  nodes: readonly DriNode[],
  ask: (command: InsideCommand) => Promise<InsideOutput | undefined>,
): Promise<DriNode | undefined> {
  for (const node of nodes.filter(({ name }) => name.startsWith('renderD'))) {
    const vendor = await ask(nodeProbes(node.name).vendor);
    if (vendor === undefined || vendor.exitCode !== 0 || vendor.stdout.trim() === INTEL) return node;
  }
  return undefined;
}
