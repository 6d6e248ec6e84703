// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { givesWord } from '../../../src/core/boot/gives-word.ts';
import { planCmdline } from '../../../src/core/boot/plan-cmdline.ts';
import type { ConfigFacts } from '../../../src/core/facts/config-facts.ts';
import { EMPTY_LEDGER, type Ledger, recordFile } from '../../../src/core/plan/ledger.ts';
import { sha1Hex } from '../../../src/core/text/sha1.ts';
import { factsOf, without } from '../../support/facts.ts';

const GRUB = '/etc/default/grub';
const LATER = '/etc/default/grub.d/zz.cfg';
const OWN = '/etc/default/grub.d/pveigpu.cfg';
const GRUB_LOADER = { kind: 'grub', tool: false, active: true, because: [] } as const;
const PLAIN = 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n';

function files(texts: { readonly [path: string]: string }): ConfigFacts {
  const config = Object.entries(texts).map(([path, text]) => ({ path, base64: btoa(text), mode: 0o600, uid: 0, gid: 0 }));
  return { files: config, unreadable: [] };
}

function planned(
  texts: { readonly [path: string]: string },
  wanted: readonly string[],
  ledger: Ledger = EMPTY_LEDGER,
  force = false,
) {
  const { steps, remarks, rebuilds } = planCmdline(
    { facts: factsOf({ boot: { loaders: [GRUB_LOADER] }, config: files(texts) }), ledger },
    wanted,
    { force },
  );
  const changes = steps.map(({ action, args }) => ({
    action,
    ...('path' in args ? { path: args.path } : {}),
    ...('base64' in args ? { text: atob(args.base64) } : {}),
    ...('release' in args ? { release: args.release } : {}),
  }));
  return { changes, ids: remarks.map(({ level, id }) => `${level} ${id}`), rebuilds, steps };
}

/** The ledger after an edit of `zz.cfg`. */
function edited(pristine: string, wrote: string, added: readonly string[]): Ledger {
  const image = { kind: 'file', base64: btoa(pristine), mode: 0o600, uid: 0, gid: 0 } as const;
  const edit = { kind: 'kernel-parameters', format: 'grub-default', added, removed: [] } as const;
  return recordFile(EMPTY_LEDGER, LATER, image, sha1Hex(new TextEncoder().encode(wrote)), edit);
}

describe('what is planned', () => {
  test('nothing where the user gives it all', () => {
    const both = planned({ [GRUB]: 'GRUB_CMDLINE_LINUX="intel_iommu=on,sm_on"\n' }, ['intel_iommu=on']);
    expect(both).toMatchObject({ changes: [], ids: [], rebuilds: [] });
    expect(planned({}, [])).toMatchObject({ changes: [], ids: [], rebuilds: [] });
  });

  test('an own snippet, and its way out', () => {
    const { changes, rebuilds, steps } = planned({ [GRUB]: PLAIN }, ['intel_iommu=on']);
    expect(changes).toEqual([
      {
        action: 'writeFile',
        path: OWN,
        text: '# Written by pveigpu; `pveigpu apply host` takes it away again.\nGRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT intel_iommu=on"\n',
      },
    ]);
    expect(rebuilds).toEqual(['boot']);
    const [step] = steps;
    const text = step?.action === 'writeFile' ? atob(step.args.base64) : '';
    expect(planned({ [GRUB]: PLAIN, [OWN]: text }, ['intel_iommu=on']).changes).toEqual([]);
    expect(planned({ [GRUB]: PLAIN, [OWN]: text }, []).changes).toEqual([{ action: 'removeFile', path: OWN, release: true }]);
  });

  test('other words: only the difference is noted, the pristine bytes stay those of before us', () => {
    const wrote = 'GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on"\n';
    const { steps } = planned({ [GRUB]: '', [LATER]: wrote }, ['iommu=pt'], edited(PLAIN, wrote, ['intel_iommu=on']));
    expect(steps).toMatchObject([
      {
        action: 'editFile',
        args: {
          base64: btoa('GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=pt"\n'),
          edit: { added: ['iommu=pt'], removed: ['intel_iommu=on'] },
        },
      },
    ]);
  });

  test('a file that was changed since loses our words alone', () => {
    const wrote = 'GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on"\n';
    const now = '# mine\nGRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on splash"\n';
    const { changes, ids } = planned({ [GRUB]: '', [LATER]: now }, [], edited(PLAIN, wrote, ['intel_iommu=on']));
    expect(changes).toEqual([
      { action: 'editFile', path: LATER, text: '# mine\nGRUB_CMDLINE_LINUX_DEFAULT="splash"\n', release: true },
    ]);
    expect(ids).toEqual(['note boot.changed-since']);
  });
});

describe('what is refused', () => {
  test("the user's own contradicting value, unless forced", () => {
    const texts = { [GRUB]: 'GRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=off"\n' };
    expect(planned(texts, ['intel_iommu=on']).ids).toEqual(['blocker boot.contradiction']);
    expect(planned(texts, ['intel_iommu=on'], EMPTY_LEDGER, true).ids).toEqual(['warning boot.contradiction']);
  });

  test('a file after ours that nobody but a shell can follow', () => {
    const { changes, ids } = planned({ [GRUB]: PLAIN, [LATER]: 'if x; then GRUB_CMDLINE_LINUX_DEFAULT=y; fi\n' }, ['iommu=pt']);
    expect(changes).toEqual([]);
    expect(ids).toEqual(['note boot.grub-partly-understood', 'blocker boot.grub-no-place']);
  });

  test.each(['GRUB_CMDLINE_LINUX_DEFAULT+=" x"\n', `${PLAIN}\r\n`])('%j, at which update-grub would stop', (text) => {
    expect(planned({ [GRUB]: text }, ['iommu=pt']).ids).toContain('blocker boot.grub-fails');
  });

  test('what is not known', () => {
    const facts = without(factsOf({}), 'nobody looked', 'boot');
    const ground = { facts, ledger: EMPTY_LEDGER };
    expect(planCmdline(ground, ['iommu=pt'], { force: true }).remarks).toMatchObject([{ level: 'blocker', id: 'boot.unknown' }]);
    expect(planCmdline(ground, [], { force: false }).remarks).toEqual([]);
  });

  test('a word that a shell would take apart', () => {
    expect(planned({ [GRUB]: PLAIN }, ['a="b c"']).ids).toEqual(['blocker boot.unknown']);
  });
});

test.each([
  ['quiet module_blacklist=a,b', 'module_blacklist=b', true],
  ['module_blacklist=b module_blacklist=a', 'module_blacklist=b', false],
  ['initcall_blacklist=x initcall_blacklist=y', 'initcall_blacklist=x', true],
  ['intel_iommu=on,sm_on', 'intel_iommu=on', true],
  ['intel_iommu=on intel_iommu=off', 'intel_iommu=on', false],
  ['i915.enable-guc=3', 'i915.enable_guc=3', true],
  ['root=x -- nomodeset', 'nomodeset', false],
])('%s gives %s: %s', (cmdline, word, gives) => expect(givesWord(cmdline, word)).toBe(gives));
