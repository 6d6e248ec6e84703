// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../context.ts';
import { type DetachedRun, isActive, readExit } from './detached.ts';

/** How often the log is looked at. */
const POLL_MS = 250;
/** How often systemd is asked whether it is still there; asking costs a process. */
const ASK_EVERY = 8;

/**
 * Hands on what a detached command prints, from its beginning, until it has ended. Answers its exit code, or null when it ended
 * without one: it was killed, or the machine booted since.
 */
export async function followDetached(
  { host, clock }: Pick<Context, 'host' | 'clock'>,
  run: DetachedRun,
  onText: (text: string) => void,
): Promise<number | null> {
  const decoder = new TextDecoder();
  let shownBytes = 0;
  const show = async () => {
    const read = await host.readBytes(run.log);
    if (read.kind !== 'content' || read.value.length <= shownBytes) return;
    onText(decoder.decode(read.value.subarray(shownBytes), { stream: true }));
    shownBytes = read.value.length;
  };
  for (let round = 1; ; round += 1) {
    // First whether it has ended, then the log: so nothing of it is missed.
    const code = await readExit(host, run);
    const ended = code !== undefined || (round % ASK_EVERY === 0 && !(await isActive(host, run)));
    await show();
    if (code !== undefined) return code;
    if (ended) return (await readExit(host, run)) ?? null;
    await clock.sleep(POLL_MS);
  }
}
