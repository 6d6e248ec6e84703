// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Problem, ProblemCode } from '../problem.ts';
import { visible } from '../text/visible.ts';

interface Pattern {
  readonly text: RegExp;
  readonly code: ProblemCode;
  readonly message: (subject: string, said: string) => string;
  readonly hint: string;
}

/** PVE's own texts (pve-guest-common AbstractConfig.pm, pve-cluster Cluster.pm, pve-common Tools.pm), most telling first. */
const PATTERNS: readonly Pattern[] = [
  {
    text: /checksum mismatch|detected modified configuration/,
    code: 'pve.conflict',
    message: (subject) => `Somebody else changed ${subject} at the same time.`,
    hint: 'Look at the change and try again.',
  },
  {
    text: /(?:VM|CT) is locked|is locked \(/,
    code: 'guest.locked',
    message: (subject, said) => `Proxmox VE has locked ${subject}: ${said}`,
    hint: 'Wait for the backup, snapshot or migration to end. A lock left by a crash goes with qm unlock or pct unlock.',
  },
  {
    text: /got timeout/,
    code: 'pve.refused',
    message: (subject, said) => `Proxmox VE could not get its lock for ${subject}: ${said}`,
    hint: 'Another task works on it; try again when that has ended.',
  },
  {
    text: /no quorum|quorum\?|cluster not ready|(?:\/etc\/pve|pmxcfs|cfs-lock|ipcc_send_rec)[^\n]*(?:Permission denied|denied)|Permission denied[^\n]*\/etc\/pve/i,
    code: 'pve.no-quorum',
    message: (_subject, said) => `The cluster has no quorum, so Proxmox VE cannot write its configuration: ${said}`,
    hint: 'Bring the other nodes back; pvecm status shows the votes.',
  },
  {
    text: /^Configuration file '[^']*' does not exist|unable to find configuration file/m,
    code: 'guest.unknown',
    message: (subject, said) => `${capital(subject)} does not exist on this node: ${said}`,
    hint: 'qm list and pct list show the guests of this node.',
  },
];

const PROGRESS = /^(trying to acquire lock|update (VM|CT) \d)/;
const EMPTY_WORDS = /^400 Parameter verification failed|: invalid format - format error$/;

/** What a failed call of PVE means. `said` is PVE's own first telling line; control characters are made visible. */
export function pveRefusal(subject: string, output: { readonly stdout: string; readonly stderr: string }): Problem {
  const all = `${output.stderr}\n${output.stdout}`;
  for (const { text, code, message, hint } of PATTERNS) {
    const line = all.split('\n').find((one) => text.test(one));
    if (line !== undefined) return { code, message: message(subject, said(line)), hint };
  }
  return {
    code: 'pve.refused',
    message: `Proxmox VE refused the change of ${subject}: ${said(firstTelling(all))}`,
    hint: 'Nothing was changed by this call.',
  };
}

/**
 * `400 Parameter verification failed.` and `KEY: invalid format - format error` say nothing; the line after does. Progress
 * lines are left out.
 */
function firstTelling(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !PROGRESS.test(line));
  return lines.find((line) => !EMPTY_WORDS.test(line)) ?? lines[0] ?? 'it gave no reason';
}

function said(line: string): string {
  const text = visible(line.trim());
  return text.endsWith('.') ? text : `${text}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
