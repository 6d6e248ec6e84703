// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../../../src/app/context.ts';
import { readDoctorCase } from '../../../src/app/doctor-case.ts';
import { doctorView } from '../../../src/core/doctor/doctor-view.ts';
import type { FindingId } from '../../../src/core/doctor/finding.ts';
import { FINDINGS } from '../../../src/core/doctor/table.ts';
import { ok } from '../../../src/core/problem.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { FileFault, MachineFault, Target } from './faults.ts';
import { type Choice, giveAndStart, setUp } from './set-up.ts';

/** The machine of a choice, set up, with a guest that uses it. */
export async function targetOf(choice: Choice): Promise<Target> {
  const node = await setUp(choice);
  return { choice, node, vmid: await giveAndStart(node, choice) };
}

/** The problems that doctor names first; what follows from them is not among these. */
export async function diagnosed(context: Context): Promise<readonly FindingId[]> {
  const view = doctorView(await readDoctorCase(context, { deep: false }), FINDINGS, { deep: false });
  return [...new Set(view.problems.map(({ id }) => id))];
}

/** Breaks a machine, asks doctor, and puts the files back. */
export async function inject(target: Target, { files, logs }: FileFault): Promise<readonly FindingId[]> {
  const { tree } = target.node.node.machine;
  const before: { readonly path: string; readonly node: ReturnType<typeof tree.get> }[] = [];
  for (const [path, content] of Object.entries(files?.(target) ?? {})) {
    const found = tree.lookup(path, false);
    before.push(
      'node' in found
        ? { path, node: found.node }
        : { path: firstAbsent(path, (one) => tree.get(one) === undefined), node: undefined },
    );
    if (content === null) tree.remove(path);
    else tree.setFile(path, content);
  }
  const { context } = target.node;
  const roots = await diagnosed({ ...context, host: saying(context.host, logs?.(target) ?? []) });
  for (const { path, node } of before.reverse()) {
    if (node === undefined) tree.remove(path);
    else tree.set(path, node);
  }
  return roots;
}

/** The highest folder on the way to a path that is not there yet, or the path itself. */
function firstAbsent(path: string, isAbsent: (path: string) => boolean): string {
  const parts = path.split('/');
  const above = parts.map((_, at) => parts.slice(0, at + 1).join('/')).filter((one) => one !== '');
  return above.find(isAbsent) ?? path;
}

/** Breaks a machine for good, and asks doctor. */
export async function breakDown({ choice }: Pick<Target, 'choice'>, fault: MachineFault): Promise<readonly FindingId[]> {
  const profile = { ...choice.profile };
  const target = await targetOf({ ...choice, profile });
  await fault.act?.(target);
  Object.assign(profile, fault.profile?.(choice) ?? {});
  if (fault.reboots) await target.node.node.reboot();
  return await diagnosed(target.node.context);
}

/** The host, whose kernel has said more. */
function saying(host: Host, lines: readonly string[]): Host {
  const more = lines.map((line, at) => `[ 9999.${String(at).padStart(6, '0')}] ${line}\n`).join('');
  return new Proxy(host, {
    get: (of, name) => {
      if (name === 'run' && lines.length > 0)
        return async (...call: Parameters<Host['run']>) => {
          const answer = await of.run(...call);
          return answer.ok && call[0][0] === 'dmesg' ? ok({ ...answer.value, stdout: answer.value.stdout + more }) : answer;
        };
      const value = of[name as keyof Host];
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}
