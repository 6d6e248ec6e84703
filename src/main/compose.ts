// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Inflaters } from '../core/rom/extract/firmware-walk.ts';
import type { Log } from '../ports/clock-log.ts';
import type { Host } from '../ports/host.ts';
import type { ServiceRunner } from '../simulator/machine.ts';
import type { Profile } from '../simulator/profile.ts';
import type { ApiAnswer } from '../simulator/pve/api-call.ts';
import type { Method } from '../simulator/pve/api-schema.ts';
import type { ApiUser } from '../simulator/pve/user-rights.ts';
import type { SimulatedNode } from '../simulator/simulated-node.ts';
import { pveOf } from './pve/compose.ts';

/** The machine that runs us, or a directory of it with `root`. */
export async function composeLocal({ root, log }: { readonly root: string; readonly log: Log }): Promise<Context> {
  const { localContext } = await import('./local/compose.ts');
  return localContext(root, log);
}

/** A capture, read from a file of this machine. Fails when it cannot be read or is none. */
export async function composeCapture({ file, log }: { readonly file: string; readonly log: Log }): Promise<Result<Context>> {
  const { localHost } = await import('../adapters/host-local.ts');
  const path = file.startsWith('/') ? file : `${process.cwd()}/${file}`;
  const text = await localHost({ root: '/' }).read(path);
  if (text.kind === 'absent') return problem('host.read', `There is no file ${file}.`);
  if (text.kind === 'unreadable') return problem('host.read', `${file} cannot be read: ${text.errno}.`);
  return await composeCaptureText({ text: text.value, label: `capture:${file}`, log });
}

/** A capture from its text. Fails when it is none. */
export async function composeCaptureText({
  text,
  label,
  log,
}: {
  readonly text: string;
  readonly label: string;
  readonly log: Log;
}): Promise<Result<Context>> {
  const { openCapture } = await import('../adapters/host-capture.ts');
  const host = openCapture(text, label);
  return host.ok ? ok(await contextOf(host.value, log)) : host;
}

/** A program that a simulated node runs in a unit of its own: its words, and where its output goes, a line at a time. Answers the exit code. */
export type UnitProgram = (machine: SimulatedContext, argv: readonly string[], say: (line: string) => void) => Promise<number>;

/** A fresh simulated node; with a `unitProgram` it has a systemd that can start one. Fails for a profile that does not exist. */
export async function composeSimulated({
  profile,
  log,
  unitProgram,
}: {
  readonly profile: string;
  readonly log: Log;
  readonly unitProgram?: UnitProgram;
}): Promise<Result<SimulatedContext>> {
  const { PROFILES, findProfile } = await import('../simulator/profiles/table.ts');
  const { createSimulatedNode } = await import('../simulator/simulated-node.ts');
  const found = findProfile(profile);
  if (found === undefined)
    return problem('usage', `There is no simulated machine "${profile}".`, {
      hint: `There are: ${PROFILES.map(({ name }) => name).join(', ')}.`,
    });
  const { simulatedHookRunner } = await import('./simulated-hook.ts');
  const { simulatedUnitRunner } = await import('./simulated-units.ts');
  const transient: ServiceRunner = async ({ argv, say }) => await unitProgram?.(composed, argv, say);
  const node = createSimulatedNode(found, {
    hookRunner: simulatedHookRunner(() => composed),
    unitRunner: simulatedUnitRunner(() => composed),
    ...(unitProgram === undefined ? {} : { transientRunner: transient }),
  });
  const composed: SimulatedContext = { ...(await contextOf(node, log)), clock: node.clock, node };
  return ok(composed);
}

/** A call of the simulated PVE's own HTTP API with what that user may do there. */
export async function callSimulatedPve(
  { node }: SimulatedContext,
  call: { readonly method: Method; readonly path: string; readonly parameters: { readonly [name: string]: string } },
  user: ApiUser,
): Promise<ApiAnswer> {
  const { apiCall } = await import('../simulator/pve/api-call.ts');
  return await apiCall(node.machine, call.method, call.path, call.parameters, user);
}

/** Every simulated machine: name, title, and where its values come from. */
export async function simulatedMachines(): Promise<readonly Pick<Profile, 'name' | 'title' | 'source'>[]> {
  return (await import('../simulator/profiles/table.ts')).PROFILES;
}

/** A context whose machine is simulated, with the handle that can reboot it. */
export interface SimulatedContext extends Context {
  readonly node: SimulatedNode;
}

/** What unpacks zlib and Brotli, for searches in firmware. */
export async function composeInflaters(): Promise<Inflaters> {
  return (await import('../adapters/inflate-zlib.ts')).zlibInflaters;
}

async function contextOf(host: Host, log: Log): Promise<Context> {
  const { systemClock } = await import('../adapters/clock-system.ts');
  return { host, pve: pveOf(host), clock: systemClock, log };
}
