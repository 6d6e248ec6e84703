// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { newestRun, runPath } from '../../../src/app/engine/journal.ts';
import { recover } from '../../../src/app/engine/recover.ts';
import { readLedger } from '../../../src/app/engine/state-files.ts';
import { LEDGER_FILE } from '../../../src/app/engine/state-paths.ts';
import { fromBase64, toBase64 } from '../../../src/core/plan/file-image.ts';
import { sha1Hex } from '../../../src/core/text/sha1.ts';
import { sha256Hex } from '../../../src/core/text/sha256.ts';
import { largeFiles, newFile, plan } from './plans.ts';
import { newTree, rig, VBIOS } from './rig.ts';

const CONTENTS = '/var/lib/pveigpu/contents';
const names = (tree: ReturnType<typeof newTree>) =>
  [...tree.walk(CONTENTS)].map(({ path }) => path).filter((path) => path !== CONTENTS);
const written = largeFiles.flatMap((step) => (step.action === 'writeFile' ? [fromBase64(step.args.base64)] : []));

test('after a run journal and ledger are small, and the pristine bytes are kept', async () => {
  const { tree, context } = rig(newTree());
  expect(await applyPlan(context, plan(...largeFiles))).toMatchObject({ ok: true });
  expect(tree.text(runPath(1))?.length).toBeLessThan(4000);
  expect(tree.text(LEDGER_FILE)?.length).toBeLessThan(2000);
  expect(names(tree)).toEqual([`${CONTENTS}/${sha256Hex(VBIOS)}`]);
  const ledger = await readLedger(context.host);
  expect(ledger).toMatchObject({
    ok: true,
    value: {
      files: {
        '/usr/share/kvm/new.rom': { pristine: { kind: 'absent' }, wroteSha1: sha1Hex(written[0] ?? '') },
        '/usr/share/kvm/vbios.bin': { pristine: { base64: toBase64(VBIOS) }, wroteSha1: sha1Hex(written[1] ?? '') },
      },
    },
  });
  // Small runs name nothing and leave it where it is.
  expect(await applyPlan(context, plan(newFile))).toMatchObject({ ok: true });
  expect(names(tree)).toHaveLength(1);
});

test('a run that was taken back keeps no contents', async () => {
  const { tree, context } = rig(newTree(), { refuse: 'no' });
  const last = {
    action: 'createPool',
    args: { pool: { id: 'x', mdev: false, liveMigrationCapable: false, entries: [] } },
    reason: 'r',
  } as const;
  expect(await applyPlan(context, plan(...largeFiles, last))).toMatchObject({ ok: false });
  expect(tree.get('/usr/share/kvm/vbios.bin')).toMatchObject({ content: VBIOS });
  expect(names(tree)).toEqual([]);
});

test.each([
  ['gone', undefined],
  ['damaged', Uint8Array.of(1, 2, 3)],
])('contents that are %s stop whatever needs them, and nothing else', async (word, content) => {
  const tree = newTree();
  const whole = rig(tree);
  await applyPlan(whole.context, plan(...largeFiles));
  const path = `${CONTENTS}/${sha256Hex(VBIOS)}`;
  if (content === undefined) tree.remove(path);
  else tree.setFile(path, content);
  const ledger = await readLedger(whole.context.host);
  expect(ledger).toMatchObject({
    ok: false,
    problem: { code: 'format.unreadable', message: `${LEDGER_FILE} names ${path}, which is ${word}.` },
  });
  expect(await newestRun(whole.context.host)).toMatchObject({ ok: true, value: { state: 'done' } });
  expect(await recover(whole.context)).toEqual({ ok: true, value: null });
});

test('the folder of a guest goes with its last file, no other folder does', async () => {
  const { tree, context } = rig(newTree());
  const removal = (path: string) =>
    ({
      action: 'removeFile',
      args: { path, before: { kind: 'file', base64: 'QQ==', mode: 0o644, uid: 0, gid: 0 } },
      reason: 'r',
    }) as const;
  const paths = ['/var/lib/pveigpu/101/a.aml', '/var/lib/pveigpu/101/b.aml', '/usr/share/other/a.aml'];
  for (const path of paths) tree.setFile(path, 'A');
  expect(await applyPlan(context, plan(removal(paths[0] ?? '')))).toMatchObject({ ok: true });
  expect(tree.names('/var/lib/pveigpu/101')).toEqual(['b.aml']);
  expect(await applyPlan(context, plan(...paths.slice(1).map(removal)))).toMatchObject({ ok: true });
  expect(tree.get('/var/lib/pveigpu/101')).toBeUndefined();
  expect(tree.names('/usr/share/other')).toEqual([]);
});
