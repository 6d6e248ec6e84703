// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeFileSync } from 'node:fs';
import type { Scenario } from '../../simulator/run-scenario.ts';
import { inRig } from '../build/workspace.ts';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import type { GuestProgram } from './guest-program.ts';
import { GroupNames, type Observation } from './observation.ts';

/** What the kernel answered, or why the machine for the scenario could not be set up. */
export type KernelRun = { readonly observations: readonly Observation[] } | { readonly problem: string };

/** Runs one scenario in a booted machine. Its set-up takes away what the scenario before left. */
export async function runOnKernel(machine: VirtualMachine, scenario: Scenario, program: GuestProgram): Promise<KernelRun> {
  const lines = [...program.setUp, ...program.steps];
  // Another process may run another scenario in a machine of its own.
  const steps = `steps-${process.pid}`;
  writeFileSync(inRig('share', steps), lines.map((line) => `${line}\n`).join(''));
  const answer = await machine.shell(`perl /mnt/share/stepper.pl < /mnt/share/${steps}`, { timeoutMs: 120_000 });
  const rows = answer.stdout
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split('\t').map(unescaped));
  const bad = rows.slice(0, program.setUp.length).findIndex(([said]) => said !== 'ok');
  if (bad >= 0) return { problem: `set-up ${JSON.stringify(program.setUp[bad])} said ${rows[bad]?.[0]}` };
  if (rows.length !== lines.length) return { problem: `${rows.length} of ${lines.length} steps ran: ${answer.stderr}` };
  const names = new GroupNames();
  const observations = rows.slice(program.setUp.length).map((row, index) => observe(row, scenario.steps[index], names));
  return { observations };
}

function observe(row: readonly string[], step: Scenario['steps'][number] | undefined, names: GroupNames): Observation {
  const [said = '', _state, ...facts] = row;
  const group = step !== undefined && 'link' in step && step.link.endsWith('/iommu_group');
  // A read that hangs is what a reader with a deadline calls a time-out.
  const answer = group ? names.name(said) : said === 'HANG' && step !== undefined && 'read' in step ? 'ETIMEDOUT' : said;
  if (facts.length === 0) return { answer };
  const pairs = facts.map((fact): [string, string] => {
    const at = fact.indexOf('=');
    return [fact.slice(0, at), names.fact(fact.slice(0, at), fact.slice(at + 1))];
  });
  return { answer, facts: Object.fromEntries(pairs) };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_all, letter: string) => (letter === 't' ? '\t' : letter === 'n' ? '\n' : letter));
}
