// SPDX-License-Identifier: AGPL-3.0-or-later
import { ESP_LIST, espUuids } from '../../../core/boot/boot-tool-files.ts';
import {
  GRUB_TRIAL_SCRIPT,
  grubTrialScript,
  systemdTrialEntry,
  TRIAL_ID,
  type TrialEntry,
} from '../../../core/plan/trial-entry.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import { updateText } from '../boot/boot-copies.ts';
import { makeGrubConfig } from '../boot/make-grub-config.ts';
import { eachEsp } from '../boot/mounted-esp.ts';
import type { EngineContext, Executor } from '../executor.ts';
import { runProgram } from '../run-program.ts';

const RUN_MS = 60_000;
const GRUB_CFG = '/boot/grub/grub.cfg';

/** Puts the entry of a trial beside those of the loader and chooses it for the next boot alone, or takes it away again. */
export const trialEntry: Executor<'trialEntry'> = {
  needsDeviceLock: false,
  checkTells: false,
  check: async () => ok('ready'),
  async execute(context, { loader, entry }) {
    return loader === 'grub' ? await onGrub(context, entry) : await onSystemdBoot(context, entry);
  },
};

/** First the choice goes, then the entry, so that the choice never leads nowhere; and the other way round. */
async function onGrub(context: EngineContext, entry: TrialEntry | null): Promise<Result<void>> {
  const { host } = context;
  if (entry === null) {
    const unset = await call(context, ['grub-editenv', '-', 'unset', 'next_entry']);
    const gone = unset.ok ? await host.remove(GRUB_TRIAL_SCRIPT) : unset;
    return gone.ok ? await makeGrubConfig(context) : gone;
  }
  const config = await host.read(GRUB_CFG);
  const script = config.kind === 'content' ? grubTrialScript(config.value, entry) : null;
  if (script === null)
    return problem('plan.failed', `${GRUB_CFG} has no entry for the kernel ${entry.release} that a trial could be made from.`, {
      hint: 'Run update-grub and look at its messages.',
    });
  const written = await host.writeAtomic(GRUB_TRIAL_SCRIPT, script, { mode: 0o755 });
  const made = written.ok ? await makeGrubConfig(context) : written;
  return made.ok ? await call(context, ['grub-reboot', TRIAL_ID]) : made;
}

async function onSystemdBoot(context: EngineContext, entry: TrialEntry | null): Promise<Result<void>> {
  const { host } = context;
  if (entry === null) {
    const unset = await call(context, ['bootctl', 'set-oneshot', '']);
    if (!unset.ok) return unset;
  }
  const list = await host.read(ESP_LIST);
  if (list.kind !== 'content') return problem('host.read', `${ESP_LIST} cannot be read.`, { where: ESP_LIST });
  const done = await eachEsp(context, espUuids(list.value), async (esp) => await onEsp(context, esp, entry));
  if (!done.ok) return done;
  return entry === null ? ok(undefined) : await call(context, ['bootctl', 'set-oneshot', `${TRIAL_ID}.conf`]);
}

async function onEsp(context: EngineContext, esp: string, entry: TrialEntry | null): Promise<Result<void>> {
  const { host } = context;
  const path = `${esp}/loader/entries/${TRIAL_ID}.conf`;
  if (entry === null) return await host.remove(path);
  const kernel = `${esp}/loader/entries/proxmox-${entry.release}.conf`;
  const text = await host.read(kernel);
  if (text.kind !== 'content')
    return problem('plan.failed', `The kernel ${entry.release} is not on the EFI system partition, so it cannot be tried.`, {
      hint: 'Run proxmox-boot-tool kernel list.',
      where: kernel,
    });
  return await updateText(context, path, systemdTrialEntry(text.value, entry));
}

async function call(context: EngineContext, argv: readonly [string, ...string[]]): Promise<Result<void>> {
  const ran = await runProgram(context, argv, { timeoutMs: RUN_MS, aim: 'choose what the next boot starts' });
  return ran.ok ? ok(undefined) : ran;
}
