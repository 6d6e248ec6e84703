// SPDX-License-Identifier: AGPL-3.0-or-later
import { bootVfs } from '../../app/boot.ts';
import { bootPools } from '../../app/boot-pools.ts';
import { poolsUnit } from '../../core/boot/pools-unit.ts';
import { VF_BOOT_LIMIT_MS, vfBootUnit } from '../../core/boot/vf-boot-unit.ts';
import { VF_UDEV_RULE } from '../../core/boot/vf-udev-rule.ts';
import { PROGRAM } from '../../core/setup/program.ts';
import { visible } from '../../core/text/visible.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';

/**
 * Making VFs always ends with 0: what went wrong is said, and the boot goes on. With `--pools` 1 says that systemd shall try
 * again later.
 */
export async function run({ io, options, context }: Call): Promise<number> {
  if (options.unit === true) io.out(options.pools === true ? poolsUnit(PROGRAM) : vfBootUnit(PROGRAM));
  if (options.rule === true) io.out(VF_UDEV_RULE);
  if (options.unit === true || options.rule === true) return EXIT.done;
  if (options.pools === true) {
    const answer = await bootPools({ ...(await context()), log: journal(io) });
    return answer === 'later' ? EXIT.failed : EXIT.done;
  }
  try {
    // The limit counts from our own start, so that what systemd allows on top is never used up by a slow start of node.
    const leftMs = Math.max(1, VF_BOOT_LIMIT_MS - Math.ceil(process.uptime() * 1000));
    await bootVfs({ ...(await context()), log: journal(io) }, leftMs);
  } catch (error) {
    journal(io).warn(`A fault in pveigpu itself: ${error instanceof Error ? error.message : String(error)}`);
  }
  return EXIT.done;
}

/** systemd reads the level of a line from its start (sd-daemon(3)); a terminal would show it. */
function journal(io: Io): { info(line: string): void; warn(line: string): void } {
  const level = process.env.JOURNAL_STREAM === undefined ? '' : '<4>';
  return {
    info: (line) => io.out(`pveigpu: ${visible(line)}\n`),
    warn: (line) => io.err(`${level}pveigpu: ${visible(line)}\n`),
  };
}
