// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { currentVfs, isNumVfs, writeNumVfs } from '../num-vfs.ts';
import { isWriteOnly, readAttribute, sameAttribute, writeAttribute } from '../sysfs-attribute.ts';
import { describeCheck, holds, pollUntil } from '../sysfs-check.ts';
import { whileFree } from '../while-free.ts';

/** Writes a sysfs attribute in place and looks whether it took effect, since the kernel's own answer does not tell. */
export const writeSysfs: Executor<'writeSysfs'> = {
  needsDeviceLock: true,
  checkTells: false,
  async check({ host }, { path, value, undo, verify, timeoutMs }, isHalfDone = false) {
    if ((await host.stat(path)).kind === 'absent') return ok('gone');
    if (!isNumVfs(path) && verify !== undefined) return ok((await holds(host, verify)) ? 'already' : 'ready');
    if (isWriteOnly(path)) return ok('ready');
    const now = isNumVfs(path) ? ok(String((await currentVfs(host, path)).length)) : await readAttribute(host, path, timeoutMs);
    if (!now.ok) return now;
    if (sameAttribute(now.value, value)) return ok('already');
    if (undo === null || sameAttribute(now.value, undo)) return ok('ready');
    // A driver may enable fewer VFs than it was asked for and call it success (kernel drivers/pci/iov.c, "only %d enabled").
    if (isHalfDone && isNumVfs(path) && Number(now.value) < Number(undo)) return ok('ready');
    return problem('plan.drift', `${path} says "${now.value}" now, where "${undo.trim()}" was expected.`, {
      hint: 'Plan again.',
      where: path,
    });
  },
  async execute(context, args) {
    const { path, value, verify, timeoutMs, mustBeFree } = args;
    const written = isNumVfs(path)
      ? await writeNumVfs(context, path, value, mustBeFree, timeoutMs)
      : await whileFree(context, mustBeFree, async (budgetMs) => {
          return await writeAttribute(context.host, path, value, Math.min(timeoutMs, budgetMs));
        });
    if (!written.ok) return written;
    if (verify === undefined || (await pollUntil(context, verify, timeoutMs))) return ok(undefined);
    return problem('plan.failed', `${path} took "${value.trim()}", but ${describeCheck(verify)}.`, {
      hint: 'The kernel log says why: dmesg | tail.',
      where: path,
    });
  },
};
