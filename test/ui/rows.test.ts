// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { HistoryView } from '../../src/app/history.ts';
import type { DoctorView } from '../../src/core/doctor/doctor-view.ts';
import type { StatusView } from '../../src/core/status/status-view.ts';
import { findingsShown } from '../../ui-extension/model/finding-rows.ts';
import { historyRows } from '../../ui-extension/model/history-rows.ts';
import { noticesOf } from '../../ui-extension/model/notices.ts';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import { simulated } from '../app/simulated.ts';
import { withBlacklist } from '../cli/sick-machine.ts';
import { asked, done } from './asked.ts';

const say = sayIn('en');
const ADMINISTRATOR = { may: { view: true, host: true, whyNotHost: null } };
const AUDITOR = { may: { view: true, host: false, whyNotHost: 'auditor@pve lacks Sys.Modify on /nodes/pve.' } };

describe('findings', () => {
  test('a healthy node says so, with how much was looked at', async () => {
    const view = await asked<DoctorView>(simulated('raptor-lake-s'), 'doctor');
    const shown = findingsShown(view, say);
    expect(view.answer).toBe('healthy');
    expect(shown).toMatchObject({ tone: 'good', summary: `Nothing is wrong. ${view.looked} things were looked at.` });
    expect(shown.rows.filter(({ group }) => group === 'problems')).toEqual([]);
  });

  test('every problem, and what follows from it right behind it', async () => {
    const view = await asked<DoctorView>(await withBlacklist(), 'doctor');
    const { rows, tone, summary } = findingsShown(view, say);
    const problems = rows.filter(({ group }) => group === 'problems');
    expect(problems.length).toBeGreaterThanOrEqual(view.problems.length);
    expect(summary).toBe(problems.length === 1 ? 'One problem was found.' : `${problems.length} problems were found.`);
    expect(['warning', 'critical']).toContain(tone);
    expect(problems.filter(({ depth }) => depth === 0).map(({ id }) => id)).toEqual(view.problems.map(({ id }) => id));
    expect(problems.every(({ evidence, remedy, reference }) => evidence.length > 0 && remedy !== '' && reference !== '')).toBe(
      true,
    );
    for (const { command } of problems) if (command !== null) expect(command).toMatch(/^pveigpu \S/);
  });
});

describe('history', () => {
  test('newest first, with the way back where a run set up the host', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    await done(machine, 'apply sriov --yes');
    await machine.node.reboot();
    await done(machine, 'assign 101 --yes');
    const history = await asked<HistoryView>(machine, 'history');
    const rows = historyRows(history, say, (ms) => `at ${ms}`);
    expect(rows.map(({ number }) => number)).toEqual(history.runs.map(({ number }) => number).reverse());
    expect(rows.at(-1)).toMatchObject({
      number: 1,
      state: 'done',
      tone: 'good',
      canGoBack: true,
      time: `at ${history.runs[0]?.startedMs}`,
    });
    expect(rows[0]?.title).toMatch(/VM 101/);
    expect(rows[0]?.canGoBack).toBe(false);
    expect(rows[0]?.steps.map(({ title }) => title)).toEqual(['Create pool', 'Change guest']);
  });

  test('a run that was taken back has its reason and no way back', () => {
    const step = { action: 'writeFile', subject: '/etc/x', reason: 'why', state: 'undone' } as const;
    const [row] = historyRows(
      { runs: [{ number: 4, title: 't', startedMs: 0, state: 'undone', steps: [step], failure: 'It broke.', user: 'root@pam' }] },
      say,
      String,
    );
    expect(row).toMatchObject({ tone: 'none', canGoBack: false, failure: 'It broke.', user: 'root@pam' });
  });
});

describe('notices', () => {
  test('a set-up that waits for the reboot', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    await done(machine, 'apply sriov --yes');
    const status = await asked<StatusView>(machine, 'status');
    const notices = noticesOf(status, ADMINISTRATOR, say);
    expect(notices).toEqual([
      { tone: 'warning', title: 'Takes effect with the next reboot of the node', texts: expect.any(Array), offer: null },
    ]);
  });

  test('confirming is offered to whom it is allowed', () => {
    const status = { waiting: [{ until: 'confirmation', text: 'x' }], stale: [], unknown: ['guests: no answer'] } as const;
    expect(noticesOf(status, ADMINISTRATOR, say).map(({ offer }) => offer)).toEqual(['confirm', null]);
    expect(noticesOf(status, AUDITOR, say).map(({ offer }) => offer)).toEqual([null, null]);
  });
});
