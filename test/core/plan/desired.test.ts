// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { Bdf } from '../../../src/core/pci/address.ts';
import { desiredOf, gpuKey, NOTHING_DESIRED, parseDesired, withDesiredGpu } from '../../../src/core/plan/desired.ts';
import { printStored } from '../../../src/core/plan/stored-format.ts';

const card = { bdf: '0000:00:02.0' as Bdf, vendor: '8086', device: 'a780', subsystemVendor: '1043', subsystemDevice: '8882' };

describe('the GPU key', () => {
  test('names place, ids and subsystem', () => {
    expect(gpuKey(card)).toBe('0000:00:02.0 8086:a780 1043:8882');
    expect(gpuKey({ bdf: card.bdf, vendor: '8086', device: 'a780' })).toBe('0000:00:02.0 8086:a780 -');
  });

  test.each([
    ['another card in the slot', { device: '56a0' }],
    ['the card in another slot', { bdf: '0000:03:00.0' as Bdf }],
    ['another board', { subsystemDevice: '0000' }],
  ])('%s is not taken for it', (_name, change) => {
    const desired = withDesiredGpu(NOTHING_DESIRED, gpuKey(card), { mode: 'sriov', numVfs: 3 });
    expect(desiredOf(desired, card)).toEqual({ mode: 'sriov', numVfs: 3 });
    expect(desiredOf(desired, { ...card, ...change })).toBeUndefined();
  });
});

test('what is written is read; forgetting leaves nothing', () => {
  const desired = withDesiredGpu(withDesiredGpu(NOTHING_DESIRED, 'a', { mode: 'host' }), 'b', { mode: 'sriov', numVfs: 7 });
  expect(parseDesired(printStored(desired), 'd')).toEqual({ ok: true, value: desired });
  expect(withDesiredGpu(withDesiredGpu(desired, 'a', undefined), 'b', undefined)).toEqual(NOTHING_DESIRED);
});

test.each([
  ['{"format":1}', 'it lists no GPUs'],
  ['{"format":1,"gpus":[]}', 'it lists no GPUs'],
  ['{"format":1,"gpus":{"k":{"mode":"sr-iov"}}}', 'the mode of k'],
  ['{"format":1,"gpus":{"k":{"mode":"sriov","numVfs":-1}}}', 'the number of VFs of k'],
  ['{"format":1,"gpus":{"k":{"mode":"sriov","numVfs":"7"}}}', 'the number of VFs of k'],
])('%s is refused', (text, message) => {
  expect(parseDesired(text, 'd')).toMatchObject({
    ok: false,
    problem: { code: 'format.unreadable', message: expect.stringContaining(message) },
  });
});
