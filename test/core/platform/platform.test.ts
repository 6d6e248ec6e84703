// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptMembers, parseMembers, parseVmlist } from '../../../src/core/platform/cluster-files.ts';
import { keptCpuinfo, parseFirstProcessor } from '../../../src/core/platform/cpuinfo.ts';
import { installedVersions, keptStatus, qemuMajorMinor } from '../../../src/core/platform/dpkg-status.ts';
import { parseMeVersion } from '../../../src/core/platform/me-version.ts';
import { ctidOfCgroup, devicePathOfFd, keptCgroup } from '../../../src/core/platform/process-identity.ts';
import { parseSecureBoot } from '../../../src/core/platform/secure-boot.ts';
import { anyText } from '../../support/any-text.ts';

test('the management engine of three generations, and what is no version', () => {
  expect(parseMeVersion('0:3.1.55.2269\n0:3.1.55.2269\n0:3.1.55.2270\n')).toBe('3.1.55.2269');
  expect(parseMeVersion('0:16.0.15.1735\n')).toBe('16.0.15.1735');
  expect(parseMeVersion('0:18.0.5.2028')).toBe('18.0.5.2028');
  expect(parseMeVersion('0:0.0.0.0\n0:0.0.0.0\n')).toBeUndefined();
  for (const text of ['', '\n0:1.2.3.4', '16.0.15.1735', '0:1.2.3', '0:1.2.3.4\x1b[0m'])
    expect(parseMeVersion(text), text).toBeUndefined();
});

test('Secure Boot is the fifth byte', () => {
  expect(parseSecureBoot(new Uint8Array([6, 0, 0, 0, 1]))).toBe(true);
  expect(parseSecureBoot(new Uint8Array([22, 0, 0, 0, 0]))).toBe(false);
  expect(parseSecureBoot(new Uint8Array([1]))).toBeUndefined();
});

describe('parseFirstProcessor', () => {
  test('stops after the first processor', () => {
    expect(
      parseFirstProcessor('vendor_id\t: AuthenticAMD\nflags\t: fpu svm\n\nvendor_id\t: GenuineIntel\nflags\t: vmx\n'),
    ).toEqual({
      vendor: 'AuthenticAMD',
      hasVmx: false,
    });
  });

  test('vmx is a word, not a part of one', () => {
    expect(parseFirstProcessor('flags\t\t: fpu vmxoff\n').hasVmx).toBe(false);
    expect(parseFirstProcessor('vmx flags\t: vnmi\nflags\t\t: fpu vmx').hasVmx).toBe(true);
    expect(parseFirstProcessor('')).toEqual({ hasVmx: false });
  });
});

describe('dpkg', () => {
  const stanza = (name: string, state: string, version: string) => `Package: ${name}\nStatus: ${state}\nVersion: ${version}\n\n`;

  test('only whole names of installed packages count', () => {
    const status = [
      stanza('qemu-server-dbg', 'install ok installed', '1'),
      stanza('qemu-server', 'install ok unpacked', '2'),
      stanza('pve-manager', 'hold ok installed', '9.2.11'),
      stanza('pve-container', 'deinstall ok config-files', '3'),
    ].join('');
    expect(installedVersions(status, ['qemu-server', 'pve-manager', 'pve-container', 'absent'])).toEqual({
      'pve-manager': '9.2.11',
    });
  });

  test('the first and the last stanza count, and the installed one of several architectures', () => {
    const status = stanza('a', 'install ok installed', '1') + stanza('b', 'deinstall ok config-files', '2');
    expect(installedVersions(`${status}${stanza('b', 'install ok installed', '3').trimEnd()}`, ['a', 'b'])).toEqual({
      a: '1',
      b: '3',
    });
    expect(installedVersions('Package: a\nVersion: 1\nDescription: x\n\nStatus: install ok installed\n', ['a'])).toEqual({});
  });

  test("QEMU's version is the upstream part's first two numbers", () => {
    expect(qemuMajorMinor('11.0.0-2')).toBe('11.0');
    expect(qemuMajorMinor('1:10.0.13+ds-0+deb13u1')).toBe('10.0');
    expect(qemuMajorMinor('9.2')).toBe('9.2');
    expect(qemuMajorMinor('main')).toBeUndefined();
  });
});

describe('files of the cluster file system', () => {
  test('any text has an answer', () => {
    fc.assert(
      fc.property(fc.oneof(anyText(), fc.json()), (text) => {
        for (const result of [parseMembers(text), parseVmlist(text)]) {
          if (!result.ok) expect(result.problem.code).toBe('format.unreadable');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('entries of another kind are left out', () => {
    const ids = {
      '100': { node: 'a', type: 'qemu' },
      '0': { node: 'a', type: 'qemu' },
      x: { node: 'a', type: 'lxc' },
      '102': { node: 3, type: 'qemu' },
      '9': { node: 'b', type: 'lxc' },
      '103': null,
    };
    expect(parseVmlist(JSON.stringify({ version: 1, ids }))).toEqual({
      ok: true,
      value: [
        { vmid: 9, node: 'b', kind: 'lxc' },
        { vmid: 100, node: 'a', kind: 'qemu' },
      ],
    });
  });

  test('a member file without a cluster means quorum', () => {
    expect(parseMembers('{"nodename":"pve","version":0}')).toEqual({
      ok: true,
      value: { nodeName: 'pve', quorate: true, nodes: ['pve'] },
    });
  });
});

describe('processes', () => {
  test('containers by their control group', () => {
    expect(ctidOfCgroup('0::/lxc/105/ns/system.slice/jellyfin.service\n')).toBe(105);
    expect(ctidOfCgroup('12:devices:/lxc/105\n0::/lxc/105\n')).toBe(105);
    expect(ctidOfCgroup('0::/lxc.payload.105/init.scope\n')).toBe(105);
    expect(ctidOfCgroup('0::/qemu.slice/101.scope\n')).toBeUndefined();
    expect(ctidOfCgroup('0::/system.slice/lxcfs.service\n0::/lxc.monitor/105\n')).toBeUndefined();
    expect(ctidOfCgroup('0::/lxc/name\n')).toBeUndefined();
  });

  test('device nodes of GPUs and VFIO devices', () => {
    expect(devicePathOfFd('/dev/vfio/18')).toBe('/dev/vfio/18');
    expect(devicePathOfFd('/dev/vfio/devices/vfio0')).toBe('/dev/vfio/devices/vfio0');
    expect(devicePathOfFd('/dev/vfio/noiommu-0')).toBe('/dev/vfio/noiommu-0');
    expect(devicePathOfFd('/dev/dri/renderD129 (deleted)')).toBe('/dev/dri/renderD129');
    for (const other of ['/dev/vfio/vfio', '/dev/vfio/', '/dev/dri', '/dev/null', 'socket:[1]', '/x/dev/dri/card0']) {
      expect(devicePathOfFd(other), other).toBeUndefined();
    }
  });
});

describe('what a capture keeps gives the same facts, and nothing else', () => {
  test('of cpuinfo, dpkg, cgroup and the members file', () => {
    const cpuinfo =
      'vendor_id\t: GenuineIntel\nmodel name\t: N100\nmicrocode\t: 0x17\nflags\t\t: fpu vmx\nbogomips\t: 1\n\nmodel name\t: x\n';
    expect(parseFirstProcessor(keptCpuinfo(cpuinfo))).toEqual(parseFirstProcessor(cpuinfo));
    expect(keptCpuinfo(cpuinfo)).not.toContain('bogomips');
    const status =
      'Package: a\nStatus: install ok installed\nMaintainer: x@y\nVersion: 1\n\nPackage: b\nStatus: deinstall ok config-files\nVersion: 2\n';
    expect(keptStatus(status, ['a', 'b'])).toBe('Package: a\nStatus: install ok installed\nVersion: 1\n\n');
    expect(keptCgroup('0::/lxc/105/ns/user.slice/secret.service\n')).toBe('0::/lxc/105\n');
    expect(keptCgroup('0::/user.slice\n')).toBe('');
    const rename = (node: string) => `node-${node.length}`;
    const members =
      '{"nodename":"ab","cluster":{"name":"x","quorate":0},"nodelist":{"ab":{"ip":"192.0.2.1"},"abc":{"ip":"192.0.2.2"}}}';
    expect(parseMembers(keptMembers(members, rename))).toEqual({
      ok: true,
      value: { nodeName: 'node-2', quorate: false, nodes: ['node-2', 'node-3'] },
    });
    expect(keptMembers(members, rename)).not.toContain('192.0.2');
    expect(keptMembers('{"nodename":"ab","version":0}', rename)).toBe('{"nodename":"node-2"}\n');
    expect(keptMembers('{', rename)).toBe('');
  });
});
