// SPDX-License-Identifier: AGPL-3.0-or-later
import type { StatusView } from '../../src/core/status/status-view.ts';
import { noticesOf } from '../model/notices.ts';
import type { Say } from '../model/texts/say.ts';
import type { Session } from '../model/values.ts';
import { cannotBeShared, type VerdictGpu } from '../model/verdict-rows.ts';
import { type Notice, noticeHtml, toneNotice } from './notice.ts';

/** What the notices are about. */
interface Ground {
  readonly status: StatusView;
  readonly session: Session;
}

/** What is said above everything else: what waits, what could not be read, and that a GPU cannot be divided. */
export function noticesHtml(
  { status, session }: Ground,
  intel: readonly VerdictGpu[],
  remarks: readonly string[],
  say: Say,
): string {
  const unsupported = cannotBeShared(intel)
    ? [toneNotice('info', say('state.unsupported'), [say('state.unsupported.hint')])]
    : [];
  const waiting = noticesOf(status, session, say).map(({ tone, title, texts }) => toneNotice(tone, title, texts));
  const notices = [...unsupported, ...waiting, ...remarks.map((text) => toneNotice('info', text, []))];
  return notices.map((notice) => `<div class="pmx-hint pveigpu-hint">${noticeHtml(notice)}</div>`).join('');
}

/** What stands in place of everything where there is no Intel GPU. */
export function noGpuNotice(why: string, say: Say): Notice {
  const title = say('state.no-gpu');
  return { icon: 'fa-television', tone: 'none', title, lines: why === title ? [] : [why] };
}
