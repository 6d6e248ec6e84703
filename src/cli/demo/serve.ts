// SPDX-License-Identifier: AGPL-3.0-or-later
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SimulatedContext } from '../../main/compose.ts';
import type { Demo } from '../../service/demo/demo-server.ts';
import type { Io } from '../io.ts';
import { paint } from '../style.ts';

/** What browsers load, beside the folder that this program was built into. */
const WWW = fileURLToPath(new URL('../www', import.meta.url));

/** Serves the panel over a simulated node on loopback and prints the address. Throws when the port is taken. */
export async function serveDemo(io: Io, machine: SimulatedContext, port: number): Promise<Demo> {
  const { startDemo } = await import('../../service/demo/demo-server.ts');
  const demo = await startDemo({ machine, persona: 'administrator', folders: { '/': WWW }, port });
  const isBuilt = await stat(`${WWW}/page.html`).then(
    () => true,
    () => false,
  );
  io.out(`\nThe panel of this simulated node: ${paint(io, 'strong', `${demo.address}/`)}\n`);
  if (!isBuilt) io.err(`There is no ${WWW}/page.html: run node build.mjs.\n`);
  return demo;
}

/** Waits until somebody ends the program. */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
