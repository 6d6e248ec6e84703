// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { assignmentRows, assignmentsView } from '../../../src/core/assign/assignments-view.ts';
import { POOL_BY_ASSIGN } from '../../../src/core/assign/ours.ts';
import { known } from '../../../src/core/facts/section.ts';
import { EMPTY_LEDGER } from '../../../src/core/plan/ledger.ts';
import { statusView } from '../../../src/core/status/status-view.ts';
import { vfListRows, vfListView } from '../../../src/core/vf/vf-list-view.ts';
import { bdf, moduleOf, without } from '../../support/facts.ts';
import { groundOf, mapLine, mapping, type NodeSpec } from '../assign/ground.ts';

const VM = 'memory: 512\n';
const BUSY: NodeSpec = {
  vfs: 3,
  vms: {
    101: `${VM}hostpci0: mapping=igpu-vf\n`,
    102: `${VM}hookscript: local:snippets/pveigpu-hook\nhostpci0: 0000:00:02.3\n`,
    103: `${VM}args: -device vfio-pci,host=00:02.2,addr=0x10\n`,
    104: `${VM}hostpci0: 0000:00:02.0\n`,
    105: `${VM}\n[PENDING]\nhostpci0: mapping=igpu-vf\n`,
    106: `${VM}hostpci0: mapping=igpu-vf\n\n[PENDING]\ndelete: hostpci0\n`,
    107: `${VM}hostpci0: 0000:03:00.0\n`,
  },
  containers: { 200: 'arch: amd64\ndev0: /dev/dri/renderD128,gid=104\nmemory: 512\n' },
  running: [101, 105, 106],
  mapping: mapping('igpu-vf', [mapLine(1)], POOL_BY_ASSIGN),
  parts: {
    reservations: { reservations: [{ pciId: '0000:00:02.1', vmid: 101, pid: 77, live: true }] },
    holders: { holders: [{ pid: 77, command: 'kvm', vmid: 101, paths: ['/dev/vfio/20'] }] },
  },
};

describe('assignments', () => {
  const view = assignmentsView(groundOf(BUSY).facts, EMPTY_LEDGER);

  test('every form, what waits, who holds what, and whose it is', () => {
    expect(view.assignments.map(({ vmid, form, state, ours, holds }) => [vmid, form, state, ours, holds.join()])).toEqual([
      [101, 'pool', 'set', true, '0000:00:02.1'],
      [102, 'raw', 'set', true, ''],
      [103, 'args', 'set', false, ''],
      [104, 'pf', 'set', false, ''],
      [105, 'pool', 'pending', true, ''],
      [106, 'pool', 'leaving', true, ''],
      [200, 'render', 'set', false, ''],
    ]);
  });

  test('is a JSON value, and a table of as many lines', () => {
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
    const rows = assignmentRows(view);
    expect(rows).toHaveLength(view.assignments.length + 1);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });
});

describe('VFs', () => {
  test('driver, override, group, holder once, pool and pins of each', () => {
    expect(vfListRows(vfListView(groundOf(BUSY).facts)).slice(1)).toEqual([
      ['0000:00:02.0', 'GPU', 'i915', '-', '0', '-', '-', '-'],
      ['0000:00:02.1', 'VF 1', 'vfio-pci', 'vfio-pci', '20', 'VM 101', 'igpu-vf', '-'],
      ['0000:00:02.2', 'VF 2', 'vfio-pci', 'vfio-pci', '21', '-', '-', 'VM 103'],
      ['0000:00:02.3', 'VF 3', 'vfio-pci', 'vfio-pci', '22', '-', '-', 'VM 102'],
    ]);
  });

  test('an override that did not come back is not shown as none', () => {
    const view = vfListView(groundOf({ vfs: 1, vf: { driverOverride: { state: 'unknown', reason: 'ETIMEDOUT' } } }).facts);
    expect(vfListRows(view)[2]?.[3]).toBe('?');
  });
});

describe('status', () => {
  test('the mode follows what is there', () => {
    const mode = (spec: NodeSpec) => statusView(groundOf(spec).facts, EMPTY_LEDGER).gpus[0]?.mode;
    expect(mode({ vfs: 2 })).toBe('sriov');
    expect(mode({ vfs: 0 })).toBe('host');
    expect(mode({ vfs: 0, gpu: { driver: 'vfio-pci' } })).toBe('gvt-d');
    expect(mode({ vfs: 0, gpu: { driver: null } })).toBe('unused');
    const type = {
      id: 'i915-GVTg_V5_4',
      availableInstances: 0,
      description: '',
      devices: ['00000000-0000-0000-0000-000000000101'],
    };
    expect(mode({ vfs: 0, gpu: { mdevTypes: [type] } })).toBe('gvt-g');
    expect(mode({ vfs: 0, gpu: { mdevTypes: [{ ...type, availableInstances: 1, devices: [] }] } })).toBe('gvt-g');
    expect(mode({ vfs: 0, gpu: { mdevTypes: [] } })).toBe('host');
  });

  test('what waits for a full stop, and what for a reboot', () => {
    const { facts } = groundOf(BUSY);
    const stock = moduleOf('i915', { origin: 'dkms', taint: '' });
    const waiting = statusView(
      { ...facts, modules: known({ modules: [stock], configLines: [], dkms: [] }) },
      EMPTY_LEDGER,
    ).waiting;
    expect(waiting.map(({ until, text }) => `${until}: ${text}`)).toEqual([
      'full stop and start: VM 105 gets hostpci0: mapping=igpu-vf',
      'full stop and start: VM 106 gives back hostpci0: mapping=igpu-vf',
      "reboot: i915 from DKMS is installed, but the kernel's own i915 runs",
    ]);
  });

  test('what could not be read is named, and the rest still shown', () => {
    const view = statusView(without(groundOf(BUSY).facts, 'EACCES', 'guests', 'holders'), EMPTY_LEDGER);
    expect(view.unknown).toEqual(['holders: EACCES', 'guests: EACCES']);
    expect(view.assignments).toEqual([]);
    expect(view.gpus[0]?.functions).toHaveLength(4);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  });

  test('a machine without an Intel GPU', () => {
    const { facts } = groundOf({});
    const other = { ...(facts.pci.state === 'known' ? facts.pci.value : never()), displays: [] };
    expect(statusView({ ...facts, pci: known(other) }, EMPTY_LEDGER).gpus).toEqual([]);
    expect(bdf('00:02.0')).toBe('0000:00:02.0');
  });
});

function never(): never {
  throw new Error('no pci');
}
