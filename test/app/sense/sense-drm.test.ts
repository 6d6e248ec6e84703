// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { senseDrm } from '../../../src/app/sense/sense-drm.ts';
import { machine } from '../../support/machine.ts';
import { knownValue } from './known-value.ts';

test('nodes and connectors with the function that they belong to', async () => {
  const there = machine()
    .withGpu()
    .withFunction({ bdf: '0000:01:00.0', vendor: '10de', device: '2504', driver: 'nouveau' })
    .withRenderNode('0000:01:00.0', 1, { 'DP-1': 'connected' });
  there.withFile('/sys/class/drm/version', 'drm 1.1.0 20060810\n');
  expect(knownValue(await senseDrm(memoryHost(there.tree)))).toEqual({
    nodes: [
      { name: 'card0', path: '/dev/dri/card0', major: 226, minor: 0, pci: '0000:00:02.0' },
      { name: 'card1', path: '/dev/dri/card1', major: 226, minor: 1, pci: '0000:01:00.0' },
      { name: 'renderD128', path: '/dev/dri/renderD128', major: 226, minor: 128, pci: '0000:00:02.0' },
      { name: 'renderD129', path: '/dev/dri/renderD129', major: 226, minor: 129, pci: '0000:01:00.0' },
    ],
    connectors: [
      { name: 'card0-HDMI-A-1', pci: '0000:00:02.0', status: 'disconnected' },
      { name: 'card1-DP-1', pci: '0000:01:00.0', status: 'connected' },
    ],
  });
});

test('a virtio GPU belongs to its PCI function, a virtual one to none', async () => {
  const there = machine()
    .withFile('/sys/devices/pci0000:00/0000:00:01.0/virtio0/drm/card0/dev', '226:0\n')
    .withLink('/sys/devices/pci0000:00/0000:00:01.0/virtio0/drm/card0/device', '../../../virtio0')
    .withLink('/sys/class/drm/card0', '../../devices/pci0000:00/0000:00:01.0/virtio0/drm/card0')
    .withFile('/sys/devices/platform/vgem/drm/card1/dev', '226:1\n')
    .withLink('/sys/devices/platform/vgem/drm/card1/device', '../../../vgem')
    .withLink('/sys/class/drm/card1', '../../devices/platform/vgem/drm/card1');
  expect(knownValue(await senseDrm(memoryHost(there.tree))).nodes.map(({ name, pci }) => [name, pci])).toEqual([
    ['card0', '0000:00:01.0'],
  ]);
});

test('no DRM driver is an empty answer', async () => {
  const there = machine();
  there.tree.remove('/sys/class/drm');
  expect(await senseDrm(memoryHost(there.tree))).toEqual({ state: 'known', value: { nodes: [], connectors: [] } });
});
