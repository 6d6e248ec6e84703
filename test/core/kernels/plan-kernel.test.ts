// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { HostFacts } from '../../../src/core/facts/host-facts.ts';
import { planKernel } from '../../../src/core/kernels/plan-kernel.ts';
import { planPin, planUnpin } from '../../../src/core/kernels/plan-pin.ts';
import { EMPTY_LEDGER, type Ledger } from '../../../src/core/plan/ledger.ts';
import { factsOf } from '../../support/facts.ts';

const kernel = (release: string, hasHeaders = false, hasInitramfs = true) => ({ release, hasHeaders, hasInitramfs });
const node = (more: Parameters<typeof factsOf>[0] = {}): HostFacts =>
  factsOf({
    kernel: { release: '6.17.9-1-pve', cmdline: '' },
    pve: { packages: { 'proxmox-kernel-helper': '9.2.0' } },
    ...more,
    boot: { kernels: [kernel('6.17.2-1-pve'), kernel('6.17.9-1-pve')], ...more.boot },
  });
const part = (facts: HostFacts, choice: Parameters<typeof planKernel>[1], ledger: Ledger = EMPTY_LEDGER) =>
  planKernel({ facts, ledger }, choice);
const actions = ({ steps }: { readonly steps: readonly { readonly action: string }[] }) => steps.map(({ action }) => action);

describe('a kernel under a set-up', () => {
  test('that is there and boots: nothing', () => {
    expect(part(node(), { release: '6.17.9-1-pve', pin: false })).toEqual({ steps: [], remarks: [], rebuilds: [] });
  });

  test('with a driver: its headers first', () => {
    expect(part(node(), { release: '6.17.9-1-pve', pin: false, headers: true }).steps).toEqual([
      {
        action: 'installPackage',
        args: { packages: [{ name: 'proxmox-headers-6.17.9-1-pve' }], before: { 'proxmox-headers-6.17.9-1-pve': null } },
        reason: 'a driver can only be built with the headers of 6.17.9-1-pve',
      },
    ]);
    const has = node({ boot: { kernels: [kernel('6.17.9-1-pve', true)] } });
    expect(part(has, { release: '6.17.9-1-pve', pin: false, headers: true }).steps).toEqual([]);
  });

  test('that is missing: kernel and headers in one go, from the files that were given', () => {
    const file = { name: 'proxmox-kernel-6.5.13-5-pve-signed', version: '6.5.13-5', file: '/root/k.deb', sha256: 'ab' };
    const available = [{ release: '6.5.13-5-pve', kernel: file }];
    expect(part(node(), { release: '6.5.13-5-pve', pin: false, headers: true, available }).steps).toMatchObject([
      { action: 'installPackage', args: { packages: [file, { name: 'proxmox-headers-6.5.13-5-pve' }] } },
    ]);
  });

  test('of an unknown maker is said to be one', () => {
    expect(part(node(), { release: '6.17.0-xanmod1', pin: false }).remarks).toMatchObject([
      { level: 'blocker', id: 'kernel.foreign' },
    ]);
  });

  test('without an initramfs: it is built', () => {
    const facts = node({ boot: { kernels: [kernel('6.17.9-1-pve', false, false)] } });
    expect(part(facts, { release: '6.17.9-1-pve', pin: false }).rebuilds).toEqual(['initramfs']);
  });
});

describe('a pin', () => {
  test('of an older kernel: done, and what is lost is said', () => {
    const pinned = part(node(), { release: '6.17.2-1-pve', pin: true });
    expect(pinned.steps).toMatchObject([{ action: 'pinKernel', args: { release: '6.17.2-1-pve', before: null } }]);
    expect(pinned.rebuilds).toEqual(['boot']);
    expect(pinned.remarks).toMatchObject([{ level: 'warning', id: 'kernel.pin-older' }]);
    expect(pinned.remarks[0]?.text).toContain('older than 6.17.9-1-pve, which is installed');
  });

  test('that stands already is left alone', () => {
    const facts = node({ boot: { pinned: '6.17.2-1-pve' } });
    expect(part(facts, { release: '6.17.2-1-pve', pin: true }).steps).toEqual([]);
  });

  test("of the user's stays; ours is given back, to the one before it", () => {
    const facts = node({ boot: { pinned: '6.17.2-1-pve' } });
    expect(part(facts, { release: '6.17.2-1-pve', pin: false }).steps).toEqual([]);
    for (const before of [null, '6.17.9-1-pve']) {
      const ours = { ...EMPTY_LEDGER, pin: { before } };
      expect(part(facts, { release: '6.17.9-1-pve', pin: false }, ours).steps).toMatchObject([
        { action: 'pinKernel', args: { release: before, before: '6.17.2-1-pve' } },
      ]);
    }
  });

  test('one for the next boot comes before it', () => {
    const facts = node({ boot: { pinnedOnce: '6.17.9-1-pve' } });
    expect(part(facts, { release: '6.17.2-1-pve', pin: true }).remarks.map(({ id }) => id)).toContain('kernel.pinned-once');
  });

  test('without proxmox-boot-tool cannot be', () => {
    const facts = node({ pve: { packages: {}, isProxmox: false } });
    expect(part(facts, { release: '6.17.2-1-pve', pin: true }).remarks).toMatchObject([
      { level: 'blocker', id: 'kernel.no-tool' },
      {},
    ]);
  });
});

describe('kernel pin and unpin', () => {
  const loader = (tool: boolean) => ({ loaders: [{ kind: 'grub', tool, active: true, because: [] }] }) as const;
  const esps = loader(true);

  test.each([
    [true, 'proxmox-boot-tool'],
    [false, 'update-grub'],
  ])('the loader reads the pin (EFI system partitions: %j)', (tool, program) => {
    const facts = node({ boot: loader(tool) });
    expect(planPin({ facts, ledger: EMPTY_LEDGER }, { release: '6.17.2-1-pve', available: [] }).steps).toMatchObject([
      { action: 'pinKernel' },
      { action: 'refreshBoot', args: { tool: program } },
    ]);
  });

  test('a missing initramfs is built before the pin', () => {
    const facts = node({ boot: { ...esps, kernels: [kernel('6.17.2-1-pve', false, false), kernel('6.17.9-1-pve')] } });
    const plan = planPin({ facts, ledger: EMPTY_LEDGER }, { release: '6.17.2-1-pve', available: [] });
    expect(actions(plan)).toEqual(['updateInitramfs', 'pinKernel', 'refreshBoot']);
  });

  test('a pin that stands is no plan', () => {
    const facts = node({ boot: { ...esps, pinned: '6.17.2-1-pve' } });
    const plan = planPin({ facts, ledger: EMPTY_LEDGER }, { release: '6.17.2-1-pve', available: [] });
    expect([plan.steps, plan.remarks]).toEqual([[], []]);
  });

  test('headers come along where DKMS builds a driver for each kernel', () => {
    const dkms = [{ name: 'i915-sriov-dkms', version: '2026.05.06', kernels: ['6.17.9-1-pve'] }];
    const plan = planPin(
      { facts: node({ modules: { dkms } }), ledger: EMPTY_LEDGER },
      { release: '6.17.2-1-pve', available: [] },
    );
    expect(actions(plan)).toEqual(['installPackage', 'pinKernel']);
  });

  test('unpin', () => {
    expect(planUnpin(node())).toMatchObject({ steps: [], remarks: [{ id: 'kernel.not-pinned' }] });
    const plan = planUnpin(node({ boot: { ...esps, pinned: '6.17.2-1-pve' } }));
    expect(plan.steps).toMatchObject([
      { action: 'pinKernel', args: { release: null, before: '6.17.2-1-pve' } },
      { action: 'refreshBoot' },
    ]);
  });
});
