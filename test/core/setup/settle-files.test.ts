// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigFacts, ConfigFile } from '../../../src/core/facts/config-facts.ts';
import type { Step } from '../../../src/core/plan/action.ts';
import { textToBase64 } from '../../../src/core/plan/file-image.ts';
import type { JournalRun } from '../../../src/core/plan/journal-run.ts';
import { EMPTY_LEDGER, type Ledger } from '../../../src/core/plan/ledger.ts';
import { foldRun } from '../../../src/core/plan/ledger-fold.ts';
import { commentLines, uncommentLines } from '../../../src/core/setup/commented-lines.ts';
import { textOf } from '../../../src/core/setup/others.ts';
import type { OwnFile } from '../../../src/core/setup/own-files.ts';
import { type LineOff, settleFiles } from '../../../src/core/setup/settle-files.ts';

interface Node {
  readonly config: ConfigFacts;
  readonly ledger: Ledger;
}

function file(path: string, text: string): ConfigFile {
  return { path, base64: textToBase64(text), mode: 0o644, uid: 0, gid: 0 };
}

function settled(node: Node, own: readonly OwnFile[], off: readonly LineOff[]) {
  const part = settleFiles(node, own, off);
  if (!part.ok) throw new Error(part.problem.message);
  return part.value;
}

/** The node after the steps were done, as the executors and the ledger do it. */
function done(node: Node, steps: readonly Step[], number: number): Node {
  let files = node.config.files;
  for (const step of steps) {
    if (step.action === 'removeFile') files = files.filter(({ path }) => path !== step.args.path);
    else if (step.action === 'writeFile' || step.action === 'editFile') {
      const { path, base64, mode } = step.args;
      files = [...files.filter((one) => one.path !== path), { path, base64, mode, uid: 0, gid: 0 }];
    }
  }
  const run: JournalRun = {
    format: 1,
    number,
    title: 'settle',
    startedMs: 0,
    state: 'applied',
    steps: steps.map((step) => ({ step, state: 'done' })),
  };
  return { config: { files, unreadable: [] }, ledger: foldRun(node.ledger, run) };
}

const text = fc
  .array(fc.constantFrom('options i915 enable_guc=2', '# note', '', 'blacklist i915', 'a\tb\\', 'ü'), { maxLength: 6 })
  .chain((lines) => fc.constantFrom('\n', '\r\n').chain((end) => fc.constantFrom('', end).map((last) => lines.join(end) + last)));
const OWN: readonly OwnFile[] = ['# Written by pveigpu\none\n', '# Written by pveigpu\ntwo\n'].map((own) => ({
  path: '/etc/modprobe.d/pveigpu.conf',
  text: own,
  reason: 'because',
}));
const ownFile = fc.constantFrom<readonly OwnFile[]>([], OWN.slice(0, 1), OWN.slice(1));

function offIn(content: string, path: string, picks: readonly number[]): readonly LineOff[] {
  const lines = content.split('\n').length;
  return [...new Set(picks.map((pick) => (pick % lines) + 1))].map((line) => ({ path, line, reason: 'breaks' }));
}

describe('files of host set-up', () => {
  test('whatever is wanted one after the other, nothing wanted gives back every byte, and each state is settled at once', () => {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.record({ own: ownFile, picks: fc.array(fc.nat(9), { maxLength: 3 }) }), { maxLength: 4 }),
        (before, wants) => {
          const path = '/etc/modprobe.d/blacklist.conf';
          const first: Node = { config: { files: [file(path, before)], unreadable: [] }, ledger: EMPTY_LEDGER };
          let node = first;
          for (const [index, { own, picks }] of wants.entries()) {
            const off = offIn(before, path, picks);
            node = done(node, settled(node, own, off).steps, index + 1);
            expect(settled(node, own, off).steps).toEqual([]);
            const now = node.config.files.find((one) => one.path === path);
            expect(textOf(now ?? { base64: '' })).toBe(
              commentLines(
                before,
                off.map(({ line }) => line),
              ),
            );
          }
          node = done(node, settled(node, [], []).steps, 99);
          expect(node.config.files).toEqual(first.config.files);
          expect(node.ledger.files).toEqual({});
        },
      ),
    );
  });

  test('a line that somebody adds meanwhile stays when ours is taken back', () => {
    const path = '/etc/modprobe.d/vfio.conf';
    const before: Node = {
      config: { files: [file(path, 'options vfio-pci ids=8086:a780\n')], unreadable: [] },
      ledger: EMPTY_LEDGER,
    };
    const node = done(before, settled(before, [], [{ path, line: 1, reason: 'breaks' }]).steps, 1);
    const changed: Node = {
      ...node,
      config: {
        files: [file(path, `${textOf(node.config.files[0] ?? { base64: '' })}softdep i915 pre: vfio\n`)],
        unreadable: [],
      },
    };
    const after = done(changed, settled(changed, [], []).steps, 2);
    expect(textOf(after.config.files[0] ?? { base64: '' })).toBe('options vfio-pci ids=8086:a780\nsoftdep i915 pre: vfio\n');
  });

  test('a file of ours that somebody wrote into is said before it goes', () => {
    const before: Node = { config: { files: [], unreadable: [] }, ledger: EMPTY_LEDGER };
    const node = done(before, settled(before, OWN.slice(0, 1), []).steps, 1);
    const changed: Node = {
      ...node,
      config: { files: [file('/etc/modprobe.d/pveigpu.conf', '# Written by pveigpu\none\nmine\n')], unreadable: [] },
    };
    expect(settled(changed, [], []).remarks.map(({ id }) => id)).toEqual(['setup.own-file-changed']);
    expect(settled(node, [], []).remarks).toEqual([]);
  });

  test('an unreadable file of ours is no absent one', () => {
    const node: Node = {
      config: { files: [], unreadable: [{ path: '/etc/modprobe.d/pveigpu.conf', errno: 'EIO' }] },
      ledger: EMPTY_LEDGER,
    };
    const part = settleFiles(node, [], []);
    expect(part.ok ? 'planned' : part.problem.code).toBe('facts.unknown');
  });

  test("what stands at our path without our header is somebody else's", () => {
    const node: Node = {
      config: { files: [file('/etc/modprobe.d/pveigpu.conf', 'options i915 enable_guc=2\n')], unreadable: [] },
      ledger: EMPTY_LEDGER,
    };
    expect(settled(node, [], []).steps).toEqual([]);
    const taken = done(node, settled(node, OWN.slice(0, 1), []).steps, 1);
    const back = done(taken, settled(taken, [], []).steps, 2);
    expect(back.config.files).toEqual(node.config.files);
  });

  test('uncommenting is the inverse of commenting', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(9)), (content, numbers) => {
        expect(uncommentLines(commentLines(content, numbers))).toBe(content);
      }),
    );
  });
});
