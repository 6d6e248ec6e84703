// SPDX-License-Identifier: AGPL-3.0-or-later
import { ruleOf } from '../doctor/explain/explain.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { renameFreeText } from './rename-texts.ts';

const STARTS = /^UPID:[^:\s]+:[^:\s]+:[^:\s]+:[^:\s]+:(?:qmstart|vzstart):/;

/** PVE's name of a task with the node and the person replaced, in a list and in the name of its log. */
export function renameUpids(text: string, names: Pseudonyms): string {
  return text.replace(
    /UPID:([^:\s/]+)((?::[^:\s/]+){5}):([^:\s/]+):/g,
    (_, node: string, middle: string, user: string) =>
      `UPID:${names.of('pve', node)}${middle}:${user === 'root@pam' ? user : 'somebody@pve'}:`,
  );
}

/** Of a list of tasks the starts of guests, and how each ended as far as that is known to say nothing of anybody. */
export function keptTaskList(text: string, names: Pseudonyms): string {
  return text
    .split('\n')
    .filter((line) => STARTS.test(line))
    .map((line) => {
      const [, head = line, status] = /^(UPID:\S+(?: [01])?(?: [0-9A-Fa-f]{8})?)(?: (.*))?$/.exec(line) ?? [];
      return `${renameUpids(head, names)}${status === undefined ? '' : ` ${keptStatus(status, names)}`}\n`;
    })
    .join('');
}

/** Of the log of a start the lines whose meaning is known; others can name anything. */
export function keptStartLog(text: string, names: Pseudonyms): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (line === 'TASK OK') return [line];
      const [, head = '', said = line] = /^(TASK ERROR: )?(.*)$/.exec(line) ?? [];
      if (ruleOf(line) !== undefined) return [head + renameFreeText(said, names)];
      return head === '' ? [] : [`${head}_`];
    })
    .map((line) => `${line}\n`)
    .join('');
}

function keptStatus(status: string, names: Pseudonyms): string {
  if (status === 'OK' || /^WARNINGS: \d+$/.test(status)) return status;
  return ruleOf(status) === undefined ? '_' : renameFreeText(status, names);
}
