// SPDX-License-Identifier: AGPL-3.0-or-later
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Trouble } from '../finding.ts';
import { type EffectiveLeftover, effectiveLeftovers } from './effective-leftovers.ts';

/** How one kind of leftover becomes a finding. */
export interface LeftoverFinding extends Omit<FindingRule, 'examine' | 'id'> {
  readonly id: `leftover.${string}`;
  /** Which of them count. Default: those that break the wanted mode. */
  readonly counts?: (one: EffectiveLeftover, ground: DoctorCase) => boolean;
  /** What to do where it is not simply taken out. */
  readonly remedy?: string;
}

/** A finding about settings that set-up recognises already; texts and evidence are those that a plan shows. */
export function leftoverRule({ counts = breaksTheMode, remedy, ...rule }: LeftoverFinding): FindingRule {
  const examine = (ground: DoctorCase): readonly Trouble[] =>
    effectiveLeftovers(ground)
      .filter((one) => one.leftover.id === rule.id && counts(one, ground))
      .map((one) => trouble(one, remedy));
  return { ...rule, examine };
}

function breaksTheMode({ leftover }: EffectiveLeftover): boolean {
  return leftover.breaks !== undefined;
}

function trouble({ leftover, device, mode, sign }: EffectiveLeftover, remedy: string | undefined): Trouble {
  const { path, line, text, says, breaks } = leftover;
  const where = line === undefined ? path : `${path}:${line}`;
  const isLine = line !== undefined;
  // What is no line of a file pveigpu switches off only by another word behind it.
  const isOurs = breaks !== undefined && (isLine || leftover.counter !== undefined) && mode !== 'host';
  return {
    state: 'problem',
    subject: where,
    because: [says, breaks].filter((one) => one !== undefined).join(' '),
    evidence: [{ source: where, value: visible(text.trim(), 200) }, sign],
    remedy: {
      text: `${isOurs ? SWITCH_OFF : ''}${sentence(leftover.remedy ?? remedy ?? (isLine ? TAKE_OUT : FROM_CMDLINE))}`,
      ...(isOurs ? { fix: { kind: 'apply' as const, mode, gpu: device.bdf, force: true as const } } : {}),
    },
  };
}

/** One that ends with a command to type has no full stop of its own. */
function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

const SWITCH_OFF = 'Have it switched off until the mode is taken back; the plan shows how. Or yourself: ';
const TAKE_OUT = 'Take the line out, rebuild the initramfs (update-initramfs -u -k all) and reboot.';
const FROM_CMDLINE = 'Take the word out of the kernel command line and reboot.';
