// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Program } from '../machine.ts';
import { UnknownCall } from './table.ts';

/** Where local mail to root ends up on a node whose root has no forward. */
export const ROOT_MAIL = '/var/mail/root';

/** `sendmail -i -t`: takes a mail with its headers from standard input and delivers it to root (sendmail(1) of postfix). */
export const sendmail: Program = async (machine, argv, { stdin }) => {
  if (argv.slice(1).join(' ') !== '-i -t') throw new UnknownCall(argv);
  const mail = stdin ?? '';
  if (!/^To: root$/m.test(mail.split('\n\n')[0] ?? ''))
    return { exitCode: 64, stdout: '', stderr: 'sendmail: fatal: root(0): No recipient addresses found in message header\n' };
  const old = machine.tree.text(ROOT_MAIL) ?? '';
  machine.tree.setFile(ROOT_MAIL, `${old}From root ${new Date(machine.nowMs()).toUTCString()}\n${mail}\n`, { mode: 0o660 });
  return { exitCode: 0, stdout: '', stderr: '' };
};
