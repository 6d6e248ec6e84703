// SPDX-License-Identifier: AGPL-3.0-or-later
import type { LogFacts } from '../../core/facts/kernel-facts.ts';
import { known, type Section, unknown } from '../../core/facts/section.ts';
import { relevantLogLines } from '../../core/kernel-log/relevant-lines.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';

/** Where Debian's init keeps the boot messages, for trees in which nothing can be run. */
const BOOT_MESSAGES = '/var/log/dmesg';

/** The kernel-log lines that matter, from `dmesg`, else from `/var/log/dmesg`. Unknown with the reason when neither answers. */
export async function senseLogs(host: Host): Promise<Section<LogFacts>> {
  const answer = await host.run(['dmesg'], { timeoutMs: 10_000 });
  if (answer.ok && answer.value.exitCode === 0) return known(relevantLogLines(answer.value.stdout));
  const saved = await host.read(BOOT_MESSAGES);
  if (saved.kind === 'content') return known(relevantLogLines(saved.value));
  if (!answer.ok) return unknown(answer.problem.message);
  const said = visible(answer.value.stderr.trim(), 200);
  return unknown(`dmesg ended with ${answer.value.exitCode}${said === '' ? '' : `: ${said}`}`);
}
