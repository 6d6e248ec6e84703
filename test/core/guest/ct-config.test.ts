// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  currentSection,
  nextConfigValue,
  printConfig,
  rejectedLines,
  snapshotSections,
} from '../../../src/core/guest/config-document.ts';
import { canonicalCtConfig, parseCtConfig } from '../../../src/core/guest/ct-config.ts';
import { configText } from './config-text.ts';

/** Recorded on Proxmox VE 9.2.11 after pct set --dev0, --dev1 and --tags. */
const RECORDED = `#ct
arch: amd64
dev0: /dev/null,gid=104,mode=0660
dev1: path=/dev/zero
hostname: ct
memory: 64
ostype: debian
rootfs: local:200/vm-200-disk-0.raw,size=1G
tags: a;b
unprivileged: 1
lxc.cgroup2.devices.allow: c 226:128 rwm
lxc.mount.entry: /dev/dri dev/dri none bind,optional,create=dir
`;

describe('a container', () => {
  test('is read as PVE reads it and written as PVE wrote it', () => {
    const config = parseCtConfig(RECORDED);
    expect(printConfig(config)).toBe(RECORDED);
    expect(canonicalCtConfig(RECORDED)).toBe(RECORDED);
    expect(currentSection(config).description).toBe('ct\n');
    expect(currentSection(config).values.get('dev1')).toBe('path=/dev/zero');
    expect(currentSection(config).lxc).toEqual([
      { key: 'lxc.cgroup2.devices.allow', value: 'c 226:128 rwm' },
      { key: 'lxc.mount.entry', value: '/dev/dri dev/dri none bind,optional,create=dir' },
    ]);
  });

  test('with pending changes and snapshots, in any order and form', () => {
    const text =
      'lxc.idmap = u 0 100000 65536\nonboot: on\n[before]\nmemory: 32\n[PVE:pending]\ndelete: dev0\ndev1: /dev/dri/card0\n';
    const config = parseCtConfig(text);
    expect(nextConfigValue(config, 'dev1')).toBe('/dev/dri/card0');
    expect(snapshotSections(config).map((section) => section.name)).toEqual(['before']);
    expect(canonicalCtConfig(text)).toBe(
      'onboot: 1\nlxc.idmap: u 0 100000 65536\n\n[pve:pending]\ndelete: dev0\ndev1: /dev/dri/card0\n\n[before]\nmemory: 32\n',
    );
  });

  test('keeps unknown settings and drops what PVE drops', () => {
    const text = 'mine: 1\nonboot: maybe\nlxc.rootfs.path: /x\nlxc.foo: 1\n[x y]\ndelete: dev0\nBad: 1\n';
    expect(rejectedLines(parseCtConfig(text)).map((one) => one.line)).toEqual([3, 4, 5, 6, 7]);
    expect(canonicalCtConfig(text)).toBe('mine: 1\nonboot: maybe\n');
  });

  test('writes variables and a strange description as PVE does', () => {
    expect(canonicalCtConfig('lxc.environment.runtime = A=b\nenv: C=d\nlxc.environment.runtime: E=f\n')).toBe(
      'lxc.environment.runtime: C=d\nlxc.environment.runtime: E=f\n',
    );
    expect(canonicalCtConfig('description: 0\nmemory: 1\n')).toBe('memory: 1\n');
    expect(canonicalCtConfig('#0\nmemory: 1\n')).toBe('#0\nmemory: 1\n');
  });

  test('prints back byte for byte, whatever it is', () => {
    fc.assert(
      fc.property(configText('lxc'), (text) => {
        expect(printConfig(parseCtConfig(text))).toBe(text);
        const settled = canonicalCtConfig(canonicalCtConfig(text));
        expect(canonicalCtConfig(settled)).toBe(settled);
      }),
      { numRuns: 300 },
    );
  });
});
