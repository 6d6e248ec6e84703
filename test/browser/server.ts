// SPDX-License-Identifier: AGPL-3.0-or-later
import { unitProgram } from '../../src/cli/demo/unit-program.ts';
import { composeSimulated, type SimulatedContext } from '../../src/main/compose.ts';
import { type Demo, startDemo } from '../../src/service/demo/demo-server.ts';
import type { PersonaName } from '../../src/service/demo/personas.ts';

/** The built files of the panel: `page.html`, `page.js`, `pveigpu.js`. */
export const WWW = new URL('../../dist/www', import.meta.url).pathname;

/** What a test wants of its node. */
export interface ServerOptions {
  readonly profile?: string;
  readonly persona?: PersonaName;
  /** More folders, by the path that they appear under. */
  readonly folders?: { readonly [path: string]: string };
  readonly allowEval?: boolean;
  /** Changes the node before it is served. */
  readonly prepare?: (machine: SimulatedContext) => void | Promise<void>;
}

/** A simulated node that is served, with its inside for assertions. */
export interface Served extends Demo {
  readonly machine: SimulatedContext;
  /** The configuration file of a VM or a container as PVE has it. */
  config(vmid: number): string;
  /** Runs `pveigpu ...` on the node; fails unless it answers 0 or 4. */
  type(line: string): Promise<void>;
}

/** Serves a fresh simulated node on a free port of loopback. */
export async function startServer(options: ServerOptions = {}): Promise<Served> {
  const log = { info: () => undefined, warn: () => undefined };
  const composed = await composeSimulated({ profile: options.profile ?? 'raptor-lake-s', log, unitProgram });
  if (!composed.ok) throw new Error(composed.problem.message);
  const machine = composed.value;
  await options.prepare?.(machine);
  const demo = await startDemo({
    machine,
    persona: options.persona ?? 'administrator',
    folders: { ...options.folders, '/': WWW },
    port: 0,
    ...(options.allowEval === true ? { allowEval: true } : {}),
  });
  return {
    ...demo,
    machine,
    config: (vmid) => {
      const { tree } = machine.node.machine;
      const at = (kind: string) => tree.text(`/etc/pve/nodes/pve/${kind}/${vmid}.conf`);
      return at('qemu-server') ?? at('lxc') ?? '';
    },
    type: async (line) => {
      let said = '';
      const code = await unitProgram(machine, ['pveigpu', ...line.split(' ')], (text) => {
        said += `${text}\n`;
      });
      if (code !== 0 && code !== 4) throw new Error(`pveigpu ${line} answers ${code}: ${said}`);
    },
  };
}
