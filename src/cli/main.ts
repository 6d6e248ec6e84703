// SPDX-License-Identifier: AGPL-3.0-or-later
import { runQuick } from './quick.ts';

const argv = process.argv.slice(2);
const quick = runQuick(argv) ?? import('./full.ts').then(({ runFull }) => runFull(argv));
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
