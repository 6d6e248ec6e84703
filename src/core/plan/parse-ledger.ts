// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import type { Result } from '../problem.ts';
import type { Ledger } from './ledger.ts';
import { fileImageSchema, firstIssue, poolSchema } from './step-schema.ts';
import { parseStored, type StoredFormat } from './stored-format.ts';

const nullable = z.nullable(z.string());
const schema = z.object({
  format: z.literal(1),
  lastRun: z.int(),
  files: z.record(z.string(), z.object({ pristine: fileImageSchema, wroteSha1: nullable })),
  guests: z.record(
    z.string(),
    z.object({ kind: z.enum(['qemu', 'lxc']), keys: z.record(z.string(), z.object({ before: nullable, value: nullable })) }),
  ),
  pools: z.record(z.string(), z.object({ ours: z.boolean(), before: z.exactOptional(poolSchema) })),
});

const FORMAT: StoredFormat<Ledger> = {
  name: 'the ledger',
  newest: 1,
  migrations: {},
  check: (value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: firstIssue(parsed.error) };
  },
};

/** Reads `ledger.json`. */
export function parseLedger(text: string, where: string): Result<Ledger> {
  return parseStored(FORMAT, text, where);
}
