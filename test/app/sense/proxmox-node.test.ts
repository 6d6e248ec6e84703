// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { mayHaveGuests } from '../../../src/app/sense/proxmox-node.ts';
import { sense } from '../../../src/app/sense/sense.ts';
import { FileTree } from '../../../src/core/files/file-tree.ts';

const withDirectory = (path?: string) => {
  const tree = new FileTree();
  if (path !== undefined) tree.setDirectory(path);
  return memoryHost(tree);
};

describe('a machine without Proxmox VE has no guests, a node whose /etc/pve is not mounted may have some', () => {
  test.each([
    ['plain Debian', undefined, false],
    ['an empty mount point', '/etc/pve', true],
    ['the database of pmxcfs alone', '/var/lib/pve-cluster', true],
  ])('%s', async (_name, path, answer) => {
    const host = withDirectory(path);
    expect(await mayHaveGuests(host)).toBe(answer);
    const facts = await sense(host, ['guests', 'pools', 'hookscripts']);
    for (const section of [facts.guests, facts.pools, facts.hookscripts])
      expect(section.state).toBe(answer ? 'unknown' : 'known');
  });

  test('a sign that cannot be read counts as one', async () => {
    const host = memoryHost(new FileTree(), { onAccess: (_operation, path) => (path === '/etc/pve' ? 'EACCES' : undefined) });
    expect(await mayHaveGuests(host)).toBe(true);
  });
});
