// SPDX-License-Identifier: AGPL-3.0-or-later
import { pinArgv } from '../../../core/plan/host-argv.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { Host } from '../../../ports/host.ts';
import type { Executor } from '../executor.ts';
import { runProgram } from '../run-program.ts';

/** Where proxmox-boot-tool keeps the pin, with EFI system partitions and without (proxmox-kernel-helper, functions). */
const PIN_FILE = '/etc/kernel/proxmox-boot-pin';
/** Without EFI system partitions the tool runs update-grub at once. */
const PIN_MS = 10 * 60_000;

/** Pins the kernel that boots by default, or unpins. EFI system partitions get it from the `refreshBoot` that follows. */
export const pinKernel: Executor<'pinKernel'> = {
  needsDeviceLock: false,
  checkTells: true,
  onlyRuns: true,
  async check({ host }, { release, before }) {
    const now = await pinnedNow(host);
    if (!now.ok) return now;
    if (now.value === release) return ok('already');
    if (now.value === before) return ok('ready');
    return problem('plan.drift', `The pinned kernel is ${now.value ?? 'none'} by now, where ${before ?? 'none'} was expected.`, {
      hint: 'Plan again.',
      where: PIN_FILE,
    });
  },
  async execute(context, { release }) {
    const aim = release === null ? 'unpin the kernel' : `pin the kernel ${release}`;
    const ran = await runProgram(context, pinArgv(release), { timeoutMs: PIN_MS, aim });
    return ran.ok ? ok(undefined) : ran;
  },
};

/** The first line of the pin file counts; an empty one is no pin. */
async function pinnedNow(host: Host): Promise<Result<string | null>> {
  const read = await host.read(PIN_FILE);
  if (read.kind === 'unreadable') return problem('host.read', `${PIN_FILE} cannot be read: ${read.errno}.`, { where: PIN_FILE });
  const first = read.kind === 'content' ? (read.value.split('\n')[0]?.trim() ?? '') : '';
  return ok(first === '' ? null : first);
}
