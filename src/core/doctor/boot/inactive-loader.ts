// SPDX-License-Identifier: AGPL-3.0-or-later
import { activeLoader, configuredParameters } from '../../boot/active-loader.ts';
import { givesWord } from '../../boot/gives-word.ts';
import type { LoaderKind } from '../../facts/boot-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule, type Outcome } from '../finding.ts';
import { configurationOf, gpuWords, LOADER_NAMES } from './gpu-words.ts';

/** Words that guides tell people to set, in the file of the loader that does not start this machine. */
export const PARAM_IN_INACTIVE_LOADER: FindingRule = {
  id: 'boot.param-in-inactive-loader',
  severity: 'error',
  title: 'Kernel parameters stand in the file of a loader that does not start this node',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader',
  examine,
};

function examine({ facts }: DoctorCase): Outcome {
  const [boot, kernel] = [ifKnown(facts.boot), ifKnown(facts.kernel)];
  if (boot === undefined || kernel === undefined) return FINE;
  const active = activeLoader(boot);
  const kinds: readonly LoaderKind[] = ['grub', 'systemd-boot'];
  const given = kinds.map((kind) => {
    const tool = boot.loaders.find((loader) => loader.kind === kind)?.tool ?? boot.espUuids.state === 'known';
    return { kind, words: configuredParameters(facts, { kind, tool }) ?? [] };
  });
  if (active === undefined) {
    const [one, other] = given.map(({ words }) => gpuWords(words));
    const isSame = String([...(one ?? [])].sort()) === String([...(other ?? [])].sort());
    const because =
      'Which loader started this node is not known, and GRUB and systemd-boot are configured with different parameters.';
    return isSame ? FINE : { state: 'unmeasured', because };
  }
  const next = given.find(({ kind }) => kind === active.kind)?.words.join(' ') ?? '';
  const elsewhere = given.find(({ kind }) => kind !== active.kind);
  const lost = gpuWords(elsewhere?.words ?? []).filter((word) => !givesWord(next, word) && !givesWord(kernel.cmdline, word));
  if (elsewhere === undefined || lost.length === 0) return FINE;
  const [wrong, right] = [configurationOf(elsewhere.kind), configurationOf(active.kind)];
  const list = visible(lost.join(' '), 200);
  const [witness] = active.because;
  return {
    state: 'problem',
    because: `${wrong} has ${list}, which never reach the kernel, because ${LOADER_NAMES[active.kind]} starts this node and reads ${right}.`,
    evidence: [
      { source: wrong, value: list },
      { source: '/proc/cmdline', value: visible(kernel.cmdline, 300) },
      ...(witness === undefined ? [] : [witness]),
    ],
    remedy: {
      text: `Put them into ${right}, or let "pveigpu apply" do it for the mode that is wanted: it edits the file of the loader that counts.`,
    },
  };
}
