// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Program } from '../machine.ts';
import { UnknownCall } from '../programs/table.ts';

/** What units have said since the last boot. */
export class Journal {
  readonly #lines = new Map<string, string[]>();

  say(unit: string, ...lines: readonly string[]): void {
    this.#lines.set(unit, [...(this.#lines.get(unit) ?? []), ...lines]);
  }

  of(unit: string): readonly string[] {
    return this.#lines.get(unit) ?? [];
  }

  clear(): void {
    this.#lines.clear();
  }
}

/** `journalctl -u UNIT -b --no-pager -o cat`. */
export function journalctl(journal: Journal): Program {
  return async (_machine, argv) => {
    const [, option, unit = '', ...rest] = argv;
    if (option !== '-u' || rest.join(' ') !== '-b --no-pager -o cat') throw new UnknownCall(argv);
    const lines = journal.of(unit);
    const shown = lines.length === 0 ? ['-- No entries --'] : lines;
    return { exitCode: 0, stdout: shown.map((line) => `${line}\n`).join(''), stderr: '' };
  };
}
