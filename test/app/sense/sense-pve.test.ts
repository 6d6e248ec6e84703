// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { sensePve } from '../../../src/app/sense/sense-pve.ts';
import { machine } from '../../support/machine.ts';
import { knownValue } from './known-value.ts';

const stanza = (name: string, version: string, state = 'install ok installed') =>
  `Package: ${name}\nStatus: ${state}\nPriority: optional\nArchitecture: amd64\nVersion: ${version}\nDescription: x\n more\n\n`;

const STATUS = [
  stanza('bash', '5.2.37-2'),
  stanza('pve-manager', '9.2.11'),
  stanza('pve-qemu-kvm', '11.0.0-2'),
  stanza('qemu-server', '9.2.6'),
  stanza('pve-container', '6.1.10', 'install ok half-configured'),
].join('');

const node = () =>
  machine()
    .withFile('/var/lib/dpkg/status', STATUS)
    .withFile('/etc/hostname', 'other.example.org\n')
    .withLink('/etc/pve/local', 'nodes/pve1')
    .withFile('/etc/pve/.members', '{\n"nodename": "pve1",\n"version": 0\n}\n')
    .withFile(
      '/etc/pve/.vmlist',
      '{\n"version": 3,\n"ids": {\n"101": { "node": "pve1", "type": "qemu", "version": 2 },\n"100": { "node": "pve2", "type": "lxc", "version": 1 }}\n\n}\n',
    );

describe('a Proxmox VE node', () => {
  test('stand-alone', async () => {
    expect(knownValue(await sensePve(memoryHost(node().tree)))).toEqual({
      nodeName: 'pve1',
      isProxmox: true,
      packages: { 'pve-manager': '9.2.11', 'pve-qemu-kvm': '11.0.0-2', 'qemu-server': '9.2.6' },
      qemuVersion: { state: 'known', value: '11.0' },
      quorate: { state: 'known', value: true },
      nodes: ['pve1'],
      vmlist: {
        state: 'known',
        value: [
          { vmid: 100, node: 'pve2', kind: 'lxc' },
          { vmid: 101, node: 'pve1', kind: 'qemu' },
        ],
      },
    });
  });

  test('in a cluster without quorum', async () => {
    const members = {
      nodename: 'pve1',
      version: 5,
      cluster: { name: 'home', version: 3, nodes: 2, quorate: 0 },
      nodelist: { pve1: { id: 1, online: 1, ip: '192.0.2.1' }, pve2: { id: 2, online: 0 } },
    };
    const facts = knownValue(await sensePve(memoryHost(node().withFile('/etc/pve/.members', JSON.stringify(members)).tree)));
    expect(facts.quorate).toEqual({ state: 'known', value: false });
    expect(facts.nodes).toEqual(['pve1', 'pve2']);
  });

  test('with /etc/pve not mounted: unknown, never "no guests"', async () => {
    const there = node();
    there.tree.remove('/etc/pve');
    there.tree.setDirectory('/etc/pve');
    const facts = knownValue(await sensePve(memoryHost(there.tree)));
    expect(facts).toMatchObject({
      isProxmox: true,
      nodeName: 'other',
      quorate: { state: 'unknown' },
      vmlist: { state: 'unknown' },
    });
  });

  test('with /etc/pve that does not answer', async () => {
    const host = memoryHost(node().tree, { onAccess: (_, path) => (path.startsWith('/etc/pve') ? 'ENOTCONN' : undefined) });
    const facts = knownValue(await sensePve(host));
    expect(facts.quorate).toEqual({ state: 'unknown', reason: '/etc/pve cannot be read (ENOTCONN)' });
    expect(facts.vmlist).toMatchObject({ state: 'unknown' });
  });

  test('with damaged JSON', async () => {
    for (const text of ['', '{', '[]', 'null', '{"ids": 7}', '\0\0']) {
      const tree = node()
        .withFile('/etc/pve/.vmlist', text)
        .withFile('/etc/pve/.members', text === '' ? '[1]' : '"x"').tree;
      const facts = knownValue(await sensePve(memoryHost(tree)));
      expect(facts.vmlist.state, text).toBe('unknown');
      expect(facts.quorate, text).toEqual({
        state: 'unknown',
        reason: '/etc/pve/.members is not the JSON that Proxmox VE writes.',
      });
    }
  });
});

test('a plain Debian host has no Proxmox, and its QEMU is read', async () => {
  const tree = machine()
    .withFile('/etc/hostname', 'media.lan\n')
    .withFile('/var/lib/dpkg/status', stanza('qemu-system-x86', '1:10.0.13+ds-0+deb13u1')).tree;
  expect(knownValue(await sensePve(memoryHost(tree)))).toMatchObject({
    nodeName: 'media',
    isProxmox: false,
    qemuVersion: { state: 'known', value: '10.0' },
    quorate: { state: 'absent' },
    nodes: ['media'],
    vmlist: { state: 'absent' },
  });
});
