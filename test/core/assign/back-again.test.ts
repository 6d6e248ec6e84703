// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printPoolSections, sectionOfPool } from '../../../src/core/guest/pool-config.ts';
import { applyPendingLikePve, canonicalVmConfig, rewriteLikePve } from '../../../src/core/guest/vm-rewrite.ts';
import type { Plan, StepOf } from '../../../src/core/plan/action.ts';
import { EMPTY_LEDGER, type Ledger, recordGuest } from '../../../src/core/plan/ledger.ts';
import { assign, guestChange, type NodeSpec, planOf, STUB, unassign } from './ground.ts';

const VALUES: { readonly [key: string]: readonly string[] } = {
  args: ['-S', '-set device.hostpci0.x-foo=1'],
  balloon: ['0', '512'],
  bios: ['ovmf', 'seabios'],
  boot: ['order=scsi0;net0'],
  cores: ['1', '4'],
  cpu: ['host', 'kvm64'],
  hookscript: ['local:snippets/mine.sh'],
  hostpci0: ['0000:03:00.0', '0000:04:00.0,pcie=1', 'mapping=nics'],
  hostpci1: ['0000:05:00.0'],
  hostpci3: ['0000:05:00.1,rombar=0'],
  machine: ['q35', 'pc', 'pc-q35-9.2+pve1'],
  memory: ['2048', '4096'],
  name: ['web', 'db'],
  onboot: ['0', '1'],
  ostype: ['l26', 'win11'],
  tags: ['a;b', 'z'],
  vga: ['none', 'qxl'],
};

const keyValue = fc
  .constantFrom(...Object.keys(VALUES))
  .chain((key) => fc.constantFrom(...(VALUES[key] ?? [])).map((value) => `${key}: ${value}`));
const lines = fc.array(fc.oneof({ arbitrary: keyValue, weight: 8 }, fc.constantFrom('# a note', '', '#with %25 and: colon')), {
  maxLength: 12,
});
const section = fc
  .constantFrom('before', 'update')
  .chain((name) => lines.map((rest) => `[${name}]\n${rest.join('\n')}\nsnaptime: 1700000000\n`));
const pending = lines.map((rest) => `[PENDING]\n${rest.filter((line) => !line.startsWith('#')).join('\n')}\n`);

/** A configuration as users and PVE leave it: unsorted, with notes, snapshots, and perhaps something that waits. */
const config = fc
  .tuple(lines, fc.option(pending, { nil: '' }), fc.option(section, { nil: '' }))
  .map(([rest, wait, snapshot]) => `${rest.join('\n')}\nmemory: 1024\n\n${wait}\n${snapshot}`);

const request = fc.oneof(
  fc.record({ hook: fc.boolean(), primary: fc.boolean() }),
  fc.record({ vf: fc.integer({ min: 1, max: 7 }) }),
);

/** What a plan leaves of the guest's file and the pools, as PVE writes them. */
function after(text: string, mapping: string, plan: Plan, running: boolean): { readonly text: string; readonly mapping: string } {
  const change = guestChange(plan);
  const rewritten = change === undefined ? text : rewriteLikePve(text, { ...change, running }).text;
  const pools = plan.steps
    .filter((step): step is StepOf<'createPool'> => step.action === 'createPool')
    .map((step) => step.args.pool);
  const removed = plan.steps.some((step) => step.action === 'removePool');
  return { text: rewritten, mapping: removed ? '' : pools.length > 0 ? printPoolSections(pools.map(sectionOfPool)) : mapping };
}

test('assign, an edit of the user, unassign: the file is as PVE would have written the original with that edit', () => {
  const wishes = fc.array(request, { minLength: 1, maxLength: 3 });
  const cores = fc.option(fc.constantFrom('4', '8'));
  fc.assert(
    fc.property(config, wishes, fc.boolean(), fc.boolean(), cores, (original, asked, running, keepsLedger, edit) => {
      // Beside somebody else's hookscript a pinned VF carries no sign of ours: then only the ledger knows.
      fc.pre(keepsLedger || !(original.includes('hookscript') && asked.some((wish) => 'vf' in wish)));
      let ledger = EMPTY_LEDGER;
      let state = { text: original, mapping: '' };
      const spec = (): NodeSpec => ({ vms: { 101: state.text }, mapping: state.mapping, running: running ? [101] : [], ledger });
      for (const wish of asked) {
        const planned = assign(spec(), wish);
        if (!planned.ok) continue;
        state = after(state.text, state.mapping, planned.value, running);
        if (keepsLedger) ledger = noted(ledger, planned.value);
      }
      const change = { set: edit === null ? {} : { cores: edit }, running };
      state = { ...state, text: rewriteLikePve(state.text, change).text };
      const hookFile = { kind: 'file', base64: btoa(STUB), mode: 0o755, uid: 0, gid: 0 } as const;
      state = after(state.text, state.mapping, planOf(unassign({ ...spec(), hookFile })), running);
      expect(state.text).toBe(rewriteLikePve(canonical(original, running), change).text);
      expect(state.mapping).toBe('');
    }),
    { numRuns: 300 },
  );
});

/** What the engine notes of a plan. */
function noted(ledger: Ledger, plan: Plan): Ledger {
  const change = guestChange(plan);
  if (change === undefined) return ledger;
  const keys = Object.entries(change.before).map(([key, before]) => [key, { before, value: change.set[key] ?? null }] as const);
  return recordGuest(ledger, 'qemu', 101, Object.fromEntries(keys));
}

/** A write to a stopped guest applies what waits, so that belongs to PVE's own rewrite. */
function canonical(text: string, running: boolean): string {
  return running
    ? rewriteLikePve(canonicalVmConfig(text), { set: {}, running }).text
    : canonicalVmConfig(applyPendingLikePve(text));
}
