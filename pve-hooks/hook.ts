// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeSync } from 'node:fs';
import { runHook } from '../src/app/run-hook.ts';
import { visible } from '../src/core/text/visible.ts';
import { composeHook } from '../src/main/hook/compose.ts';

/**
 * What the perl shim runs: `node hook.cjs VMID PHASE`. PVE waits for it without a limit and holds the guest's lock
 * meanwhile, so it ends by itself after this time, whatever the kernel does.
 */
const DEADLINE_MS = 30_000;
/** The shim refuses the start for this exit code alone: node ends with 1 and others when something is wrong with us. */
const REFUSED = 100;
const STDOUT = 1;
const STDERR = 2;

/** One line for the task log. A reader that has gone away is no reason to fail a start. */
function say(fd: number, line: string): void {
  try {
    writeSync(fd, `pveigpu: ${visible(line, 1000)}\n`);
  } catch {}
}

async function main(): Promise<void> {
  const [vmid = '', phase = ''] = process.argv.slice(2);
  if (!/^[1-9]\d{2,8}$/.test(vmid)) {
    say(STDERR, 'This is a hookscript; Proxmox VE calls it with a VMID and a phase.');
    process.exit(0);
  }
  let takesWholeGpu = false;
  const giveUp = (why: string): never => {
    // A guest on a VF or mdev goes on: PVE fails by itself when the device is not there. One that takes the whole GPU does not.
    say(STDERR, `${why}${takesWholeGpu ? ` VM ${vmid} takes the whole GPU, so it is not started.` : ''}`);
    process.exit(takesWholeGpu ? REFUSED : 0);
  };
  const deadlineMs = Number(process.env.PVEIGPU_DEADLINE_MS) || DEADLINE_MS;
  setTimeout(() => giveUp(`The GPU of VM ${vmid} was not ready within ${deadlineMs / 1000} s.`), deadlineMs);
  try {
    const log = { info: (line: string) => say(STDOUT, line), warn: (line: string) => say(STDERR, line) };
    const context = composeHook(process.env.PVEIGPU_ROOT || '/', log);
    const lock = process.env.PVEIGPU_LOCK;
    const code = await runHook(context, {
      vmid: Number(vmid),
      phase,
      lockHeld: lock === 'held',
      ...(lock === 'busy' ? { lockWaitMs: 0 } : {}),
      onWholeGpu: () => {
        takesWholeGpu = true;
      },
    });
    process.exit(code === 0 ? 0 : REFUSED);
  } catch (error) {
    giveUp(`Something went wrong in pveigpu itself: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

void main();
