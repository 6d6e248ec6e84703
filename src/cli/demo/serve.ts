// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import type { SimulatedContext } from '../../main/compose.ts';
import type { Demo } from '../../service/demo/demo-server.ts';
import type { Io } from '../io.ts';
import { Failure } from '../print-problem.ts';
import { paint } from '../style.ts';
import { wwwFolder } from '../www-folder.ts';

/** Serves the panel over a simulated node on loopback and prints the address. Fails with a sentence when the port cannot be had. */
export async function serveDemo(io: Io, machine: SimulatedContext, port: number): Promise<Demo> {
  const { startDemo } = await import('../../service/demo/demo-server.ts');
  const folder = wwwFolder();
  // somebody has installed intel-gpu-tools there, so that the panel has something to draw
  machine.node.machine.tree.setFile('/usr/bin/intel_gpu_top', '', { mode: 0o755 });
  const demo = await startDemo({ machine, persona: 'administrator', folders: { '/': folder }, port }).catch((error: unknown) => {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Failure({ code: 'usage', message: `Port ${port} cannot be used: ${code}.`, hint: 'Leave out --port.' });
  });
  io.out(`\nThe panel of this simulated node: ${paint(io, 'strong', `${demo.address}/`)}\n`);
  if (!existsSync(`${folder}/page.html`)) io.err(`There is no ${folder}/page.html: run node build.mjs.\n`);
  return demo;
}

/** Waits until somebody ends the program. */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
