// SPDX-License-Identifier: AGPL-3.0-or-later
import { runQuick } from './quick.ts';

const argv = process.argv.slice(2);
// Work that nobody waits for takes minutes, in which an upgrade of the package may take its files away: it is one file, read once.
const isLong = argv[0] === 'carry-on' || (argv[0] === 'confirm' && argv.includes('--auto'));
const quick =
  runQuick(argv) ??
  (isLong
    ? import('./whole.ts').then(({ runWhole }) => runWhole(argv))
    : import('./full.ts').then(({ runFull }) => runFull(argv)));
quick.then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `pveigpu: this is a fault in pveigpu itself, please report it:\n${error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = 1;
  },
);
