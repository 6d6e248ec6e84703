// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { detachedRun, newestDetached } from '../../../src/app/engine/detached.ts';
import { followDetached } from '../../../src/app/engine/follow-detached.ts';
import { FileTree } from '../../../src/core/files/file-tree.ts';

const RUN = detachedRun(4);

/** A command that prints a piece at each look, then ends with a code, or is killed. */
function machine(pieces: readonly (string | Uint8Array)[], exit: number | null) {
  const tree = new FileTree();
  tree.setFile(RUN.log, '');
  let at = 0;
  let log = new Uint8Array();
  const state = () => (at < pieces.length ? 'active' : 'inactive');
  const host = memoryHost(tree, {
    programs: { systemctl: () => ({ exitCode: state() === 'active' ? 0 : 3, stdout: `${state()}\n`, stderr: '' }) },
  });
  const sleep = async () => {
    const piece = pieces[at];
    at += 1;
    if (piece !== undefined) {
      log = Uint8Array.from([...log, ...(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece)]);
      tree.setFile(RUN.log, log);
    } else if (exit !== null) tree.setFile(RUN.exit, `${exit}\n`);
  };
  return { host, clock: { nowMs: () => at * 250, sleep } };
}

test('everything is shown once, also what is cut in the middle of a character, and the exit code is handed on', async () => {
  const [first, second] = [Uint8Array.of(0x61, 0xe2, 0x82), Uint8Array.of(0xac, 0x0a)];
  const context = machine(['step 1 of 2\n', first, second, 'step 2 of 2\n'], 4);
  let said = '';
  const code = await followDetached(context, RUN, (text) => {
    said += text;
  });
  expect([code, said]).toEqual([4, 'step 1 of 2\na\u20ac\nstep 2 of 2\n']);
});

test('one that was killed ends the following, and is not taken for a success', async () => {
  expect(await followDetached(machine(['step 1 of 2\n'], null), RUN, () => undefined)).toBeNull();
});

test('the newest is found by its log', async () => {
  const tree = new FileTree();
  expect(await newestDetached(memoryHost(tree))).toBeNull();
  for (const name of ['apply-9.log', 'apply-10.log', 'apply-x.log', 'other']) tree.setFile(`/var/log/pveigpu/${name}`, '');
  expect(await newestDetached(memoryHost(tree))).toEqual(detachedRun(10));
});
