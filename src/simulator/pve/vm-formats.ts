// SPDX-License-Identifier: AGPL-3.0-or-later
import { FORMATS } from './formats.ts';
import type { PropertyRules, ValueRule } from './value-check.ts';

const BOOLEAN: ValueRule = { type: 'boolean' };
const TEXT: ValueRule = { type: 'string' };
const HEX_ID: ValueRule = { type: 'string', pattern: /^0x[0-9a-fA-F]{4}$/ };

/** `hostpciN` (qemu-server PCI.pm, `pve-qm-hostpci`). */
export const HOSTPCI: PropertyRules = {
  defaultKey: 'host',
  keys: {
    host: {
      type: 'string',
      pattern: /^([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}(\.[0-9a-f])?(;([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}(\.[0-9a-f])?)*$/,
    },
    mapping: { type: 'string', format: FORMATS.configId },
    rombar: BOOLEAN,
    romfile: { type: 'string', pattern: /^[^,;]+$/ },
    pcie: BOOLEAN,
    'x-vga': BOOLEAN,
    'legacy-igd': BOOLEAN,
    mdev: { type: 'string', pattern: /^[^/.:]+$/ },
    'vendor-id': HEX_ID,
    'device-id': HEX_ID,
    'sub-vendor-id': HEX_ID,
    'sub-device-id': HEX_ID,
    driver: { type: 'string', values: ['vfio', 'keep'] },
  },
};

/** `map` of a PCI resource mapping (pve-guest-common Mapping/PCI.pm). */
export const PCI_MAP: PropertyRules = {
  required: ['id', 'node', 'path'],
  keys: {
    node: { type: 'string', format: FORMATS.node },
    id: { type: 'string', pattern: /^[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}$/ },
    'subsystem-id': { type: 'string', pattern: /^[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}$/ },
    path: {
      type: 'string',
      pattern: /^[a-f0-9]{4,}:[a-f0-9]{2}:[a-f0-9]{2}(\.[a-f0-9])?(;[a-f0-9]{4,}:[a-f0-9]{2}:[a-f0-9]{2}(\.[a-f0-9])?)*$/i,
    },
    iommugroup: { type: 'integer' },
    description: { type: 'string', maxLength: 4096 },
  },
};

/** `vga` (QemuServer.pm `vga_fmt`). */
export const VGA: PropertyRules = {
  defaultKey: 'type',
  keys: {
    type: {
      type: 'string',
      values: 'cirrus qxl qxl2 qxl3 qxl4 none serial0 serial1 serial2 serial3 std virtio virtio-gl vmware'.split(' '),
    },
    memory: { type: 'integer', min: 4, max: 512 },
    clipboard: { type: 'string', values: ['vnc'] },
  },
};

/** `machine` (qemu-server Machine.pm). */
export const MACHINE: PropertyRules = {
  defaultKey: 'type',
  keys: {
    type: {
      type: 'string',
      maxLength: 40,
      pattern:
        /^(pc|pc(-i440fx)?-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|q35|pc-q35-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|virt(?:-\d+(\.\d+)+)?(\+pve\d+)?)$/,
    },
    viommu: { type: 'string', values: ['intel', 'virtio'] },
    'aw-bits': { type: 'number', min: 32, max: 64 },
    'enable-s3': BOOLEAN,
    'enable-s4': BOOLEAN,
  },
};

/** `cpu` (qemu-server CPUConfig.pm); the model's name is checked by a format of its own. */
export const CPU: PropertyRules = {
  defaultKey: 'cputype',
  keys: {
    cputype: TEXT,
    'reported-model': TEXT,
    hidden: BOOLEAN,
    'hv-vendor-id': { type: 'string', pattern: /^[a-zA-Z0-9]{1,12}$/ },
    flags: TEXT,
    'phys-bits': TEXT,
    'guest-phys-bits': { type: 'integer', min: 32, max: 64 },
    'l1-cache': TEXT,
  },
};

/** `memory` (qemu-server Memory.pm). */
export const MEMORY: PropertyRules = { defaultKey: 'current', keys: { current: { type: 'integer', min: 16 } } };

/** `devN` of a container (pve-container LXC/Config.pm). */
export const LXC_DEVICE: PropertyRules = {
  defaultKey: 'path',
  keys: {
    path: { type: 'string', format: FORMATS.devicePath },
    mode: { type: 'string', pattern: /^0[0-7]{3}$/ },
    uid: { type: 'integer', min: 0 },
    gid: { type: 'integer', min: 0 },
    'deny-write': BOOLEAN,
  },
};
