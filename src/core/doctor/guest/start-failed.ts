// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import type { Guest } from '../../facts/guest-facts.ts';
import type { FailedStart } from '../../facts/start-facts.ts';
import { type Explanation, explainText } from '../explain/explain.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { gpuGuests } from './gpu-guests.ts';

/** A failure of long ago says little of the machine as it is. */
const MOST_DAYS = 30;
const DAY_SEC = 86_400;

/** The newest start of a guest failed, and its log tells why. */
export const startFailed: FindingRule = {
  id: 'guest.start-failed',
  severity: 'error',
  title: 'The last start of a guest failed',
  reference: 'https://pve.proxmox.com/pve-docs/chapter-pve-intro.html#_task_history',
  examine: (ground) =>
    withKnown(ground, ['starts', 'guests'], ({ starts }) => {
      const guests = ownGuests(ground.facts);
      const withSlice = new Set(gpuGuests(ground).map(({ guest }) => guest.vmid));
      const todaySec = Date.parse(`${ground.today}T00:00:00Z`) / 1000;
      return starts.failed.flatMap((one): readonly Outcome[] => {
        const guest = guests.find(({ vmid, kind }) => vmid === one.vmid && kind === one.kind);
        if (guest?.running.state !== 'known' || guest.running.value) return [];
        if (todaySec - one.startSec > MOST_DAYS * DAY_SEC) return [];
        const [first] = explained(one);
        // Guests fail for many reasons that have nothing to do with graphics.
        const isOurs = first !== undefined && (first.weight === 'cause' || withSlice.has(one.vmid));
        return isOurs ? [troubleOf(guest, one, first)] : [];
      });
    }),
};

/** What the log means; the status is its last line, for where the log is gone. */
function explained({ lines, status }: FailedStart): readonly Explanation[] {
  const said = explainText(lines);
  return (said.length > 0 ? said : explainText([`TASK ERROR: ${status}`])).filter(({ weight }) => weight !== 'harmless');
}

function troubleOf(guest: Guest, { startSec, status }: FailedStart, first: Explanation): Outcome {
  const name = guestName(guest);
  const when = new Date(startSec * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const { weight, text, hint, line, finding } = first;
  const why = weight === 'unknown' ? `What it says is not known here: ${line.replace(/\.*$/, '')}.` : text;
  return {
    state: 'problem',
    subject: name,
    because: `The start of ${name} at ${when} UTC failed. ${why}`.slice(0, 400),
    evidence: [
      { source: '/var/log/pve/tasks', value: line },
      ...(line.includes(status) ? [] : [{ source: 'end of that task', value: status }]),
    ],
    remedy: { text: hint ?? 'Look at the whole task in the web interface, under the task history of the guest.' },
    follows: finding === undefined ? [] : [finding],
  };
}
