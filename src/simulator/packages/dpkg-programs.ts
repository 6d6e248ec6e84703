// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Program } from '../machine.ts';
import { UnknownCall } from '../programs/table.ts';
import { debControl } from './deb-file.ts';
import { compareDebianVersions } from './debian-version.ts';
import { dpkgLockHolder } from './dpkg-lock.ts';
import { configurePending } from './dpkg-run.ts';
import { type DpkgState, readDpkgStatus } from './dpkg-status.ts';
import { Output } from './output.ts';

/** `dpkg --audit`, `dpkg --compare-versions A OP B` and `dpkg --configure -a`. */
export const dpkg: Program = async (machine, argv) => {
  const [, action, ...words] = argv;
  if (action === '--compare-versions') return { exitCode: compare(argv, words), stdout: '', stderr: '' };
  const output = new Output();
  if (action === '--audit' && words.length === 0) {
    for (const [state, text] of AUDIT) {
      const found = readDpkgStatus(machine.tree).filter((known) => known.state === state);
      if (found.length > 0) output.say(...text, ...found.map((one) => ` ${one.name.padEnd(20)} ${one.description}`), '');
    }
    return output.exit(0);
  }
  if (action !== '--configure' || words.join(' ') !== '-a') throw new UnknownCall(argv);
  const holder = dpkgLockHolder(machine);
  if (holder !== undefined) {
    output.complain(`dpkg: error: dpkg frontend lock was locked by another process with pid ${holder.pid}`);
    output.complain('Note: removing the lock file is always wrong, can damage the locked area');
    output.complain('and the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>.');
    return output.exit(2);
  }
  const failed = await configurePending(machine, output);
  if (failed.length > 0) output.complain('Errors were encountered while processing:', ...failed.map((name) => ` ${name}`));
  return output.exit(failed.length === 0 ? 0 : 1);
};

const AUDIT: readonly (readonly [DpkgState, readonly string[]])[] = [
  [
    'unpacked',
    [
      'The following packages have been unpacked but not yet configured.',
      'They must be configured using dpkg --configure or the configure',
      'menu option in dselect for them to work:',
    ],
  ],
  [
    'half-configured',
    [
      'The following packages are only half configured, probably due to problems',
      'configuring them the first time.  The configuration should be retried using',
      'dpkg --configure <package> or the configure menu option in dselect:',
    ],
  ],
];

function compare(argv: readonly string[], words: readonly string[]): number {
  const [a = '', operator = '', b = ''] = words;
  const order = compareDebianVersions(a, b);
  const answers: { readonly [operator: string]: boolean } = {
    lt: order < 0,
    le: order <= 0,
    eq: order === 0,
    ne: order !== 0,
    ge: order >= 0,
    gt: order > 0,
  };
  const answer = answers[operator];
  if (answer === undefined || words.length !== 3) throw new UnknownCall(argv);
  return answer ? 0 : 1;
}

/** `dpkg-deb -f FILE [FIELD...]`: one field alone is printed without its name. */
export const dpkgDeb: Program = async (machine, argv) => {
  const [, show, file, ...fields] = argv;
  if (show !== '-f' || file === undefined) throw new UnknownCall(argv);
  const text = machine.tree.text(file);
  const control = text === undefined ? undefined : debControl(text);
  const output = new Output();
  if (text === undefined) output.complain(`dpkg-deb: error: failed to read archive '${file}': No such file or directory`);
  else if (control === undefined) output.complain(`dpkg-deb: error: '${file}' is not a Debian format archive`);
  if (control === undefined) return output.exit(2);
  const shown = control.filter(([name]) => fields.length === 0 || fields.includes(name));
  for (const [name, value] of shown) output.say(fields.length === 1 ? value : `${name}: ${value}`);
  return output.exit(0);
};
