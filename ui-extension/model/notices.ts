// SPDX-License-Identifier: AGPL-3.0-or-later
import type { StatusView } from '../../src/core/status/status-view.ts';
import type { Say } from './texts/say.ts';
import type { Tone } from './tone.ts';
import type { Session } from './values.ts';

/** Something that is said above everything else. */
export interface Notice {
  readonly tone: Tone;
  readonly title: string;
  readonly texts: readonly string[];
  /** What is offered beside it. */
  readonly offer: 'confirm' | null;
}

/** What waits, what is stale and what could not be read. Confirming is offered to whom it is allowed. */
export function noticesOf(
  status: Pick<StatusView, 'waiting' | 'stale' | 'unknown'>,
  { may }: Pick<Session, 'may'>,
  say: Say,
): readonly Notice[] {
  const waiting = (['reboot', 'confirmation', 'full stop and start'] as const).flatMap((until): Notice[] => {
    const texts = status.waiting.filter((one) => one.until === until).map(({ text }) => text);
    const offer = until === 'confirmation' && may.host ? 'confirm' : null;
    return texts.length === 0
      ? []
      : [{ tone: until === 'reboot' ? 'warning' : 'info', title: say(`waiting.${until}`), texts, offer }];
  });
  const stale = status.stale.map(({ vmid, key, text, remedy }): Notice => {
    return { tone: 'warning', title: `${say('slices.container', { vmid })}: ${key}`, texts: [text, remedy], offer: null };
  });
  const unknown: readonly Notice[] =
    status.unknown.length === 0 ? [] : [{ tone: 'warning', title: say('state.partial'), texts: status.unknown, offer: null }];
  return [...waiting, ...stale, ...unknown];
}
