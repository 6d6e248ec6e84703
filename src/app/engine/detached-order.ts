// SPDX-License-Identifier: AGPL-3.0-or-later
import { integerAt, listAt, objectAt, textAt, textOrNullAt, WrongShape } from '../../core/plan/check-stored.ts';
import { parseStored, type StoredFormat } from '../../core/plan/stored-format.ts';
import type { Result } from '../../core/problem.ts';

/** What a detached command is to do. */
export interface DetachedOrder {
  readonly format: 1;
  /** The command line that was typed, without the program. */
  readonly argv: readonly string[];
  /** The plan as it was shown and agreed on: it is done only if it is still the same. Null when nothing was shown (`--json`). */
  readonly agreed: string | null;
  /** Width in which it was shown. */
  readonly columns: number;
  /** Who asked for it through Proxmox's API; absent for what was typed. */
  readonly user?: string;
}

const FORMAT: StoredFormat<DetachedOrder> = {
  name: 'the order',
  newest: 1,
  migrations: {},
  check: (value) => {
    try {
      const order = objectAt(value, 'order');
      return {
        ok: true,
        value: {
          format: 1,
          argv: listAt(order.argv, 'argv', textAt),
          agreed: textOrNullAt(order.agreed, 'agreed'),
          columns: integerAt(order.columns, 'columns'),
          ...(order.user === undefined ? {} : { user: textAt(order.user, 'user') }),
        },
      };
    } catch (error) {
      if (error instanceof WrongShape) return { ok: false, reason: error.message };
      throw error;
    }
  },
};

/** Reads the order of a detached command. */
export function parseOrder(text: string, where: string): Result<DetachedOrder> {
  return parseStored(FORMAT, text, where);
}
