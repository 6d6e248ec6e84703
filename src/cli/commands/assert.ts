// SPDX-License-Identifier: AGPL-3.0-or-later
import { assertHostSetup } from '../../app/assert.ts';
import type { Assertion, AssertionView } from '../../core/setup/assertion.ts';
import { visible } from '../../core/text/visible.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { gpuOf } from '../request.ts';
import { wantedMode } from '../setup-request.ts';
import type { Tone } from '../style.ts';
import { table } from '../table.ts';

const CODES: { readonly [A in AssertionView['answer']]: number } = {
  yes: EXIT.done,
  no: EXIT.differs,
  unknown: EXIT.notMeasured,
};
const TONES: { readonly [A in Assertion['answer']]: Tone } = { yes: 'good', no: 'bad', unknown: 'warn' };
const WORDS: { readonly [A in Assertion['answer']]: string } = { yes: 'ok', no: 'differs', unknown: 'not known' };

export async function run(call: Call): Promise<number> {
  const { io, args, options } = call;
  const mode = wantedMode(args[0]);
  const asked = { ...(mode === undefined ? {} : { mode }), ...gpuOf(options) };
  const looked = await assertHostSetup(await call.context(), asked);
  if (!looked.ok) return refuse(call, looked.problem);
  const { answer, assertions } = looked.value;
  if (options.json === true) io.out(`${JSON.stringify({ kind: 'assertions', ...looked.value }, null, 2)}\n`);
  else if (assertions.length === 0) io.out('Nothing was asked of this node so far, so there is nothing to compare.\n');
  else {
    const rows = assertions.map((one) => [{ text: WORDS[one.answer], tone: TONES[one.answer] }, one.subject, visible(one.text)]);
    io.out(table(io, ['ANSWER', 'OF', 'LOOKED AT'], rows));
  }
  return CODES[answer];
}
