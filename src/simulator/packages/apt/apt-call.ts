// SPDX-License-Identifier: AGPL-3.0-or-later
import { UnknownCall } from '../../programs/table.ts';

/** An `apt-get` call as far as host set-up makes it. */
export interface AptCall {
  readonly command: 'install' | 'remove' | 'update';
  readonly names: readonly string[];
  readonly simulate: boolean;
  /** `--allow-downgrades`: without it `-y` refuses to go back to an older version. */
  readonly allowDowngrades: boolean;
  /** Seconds to wait for dpkg's lock (`DPkg::Lock::Timeout`). */
  readonly lockTimeoutSec: number;
}

/** Reads the arguments of `apt-get`; one that the product does not use is an error, and so is a call that would ask a question. */
export function parseAptGet(argv: readonly string[]): AptCall {
  const words: string[] = [];
  const flags = new Set<string>();
  let lockTimeoutSec = 0;
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) words.push(word);
    else if (word === '-o') {
      at += 1;
      const [key, ...value] = (argv[at] ?? '').split('=');
      if (key === 'DPkg::Lock::Timeout') lockTimeoutSec = Number(value.join('='));
      else if (key !== 'Dpkg::Options::' || !/^--force-conf(old|def)$/.test(value.join('='))) throw new UnknownCall(argv);
    } else if (FLAGS.has(word)) flags.add(word);
    else throw new UnknownCall(argv);
  }
  const [command, ...names] = words;
  if (command !== 'install' && command !== 'remove' && command !== 'update') throw new UnknownCall(argv);
  if (command !== 'update' && !flags.has('-y') && !flags.has('-s')) throw new UnknownCall(argv);
  return { command, names, simulate: flags.has('-s'), allowDowngrades: flags.has('--allow-downgrades'), lockTimeoutSec };
}

const FLAGS = new Set(['-y', '-s', '--no-install-recommends', '--allow-downgrades']);
