// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { senseGuests } from '../../../src/app/sense/sense-guests.ts';
import { senseHookscripts } from '../../../src/app/sense/sense-hookscripts.ts';
import { FileTree } from '../../../src/core/files/file-tree.ts';
import { knownValue } from './known-value.ts';
import { pveTree } from './pve-tree.ts';

const SCRIPT = '/var/lib/vz/snippets/pveigpu-hook';

describe('senseHookscripts', () => {
  test('finds the scripts that guests of this node name, and those that may come from another', async () => {
    const tree = pveTree({ '/etc/pve/storage.cfg': 'dir: local\n\tpath /var/lib/vz\n\tcontent iso\n' });
    tree.setFile(SCRIPT, '#!/usr/bin/perl\n', { mode: 0o755 });
    const facts = knownValue(await senseHookscripts(memoryHost(tree)));
    expect(facts.snippetStorages).toEqual([{ storage: 'local', path: '/var/lib/vz/snippets', allowsSnippets: false }]);
    expect(facts.scripts).toEqual([
      { volid: 'local:snippets/pveigpu-hook', path: SCRIPT, exists: true, executable: true, vmids: [101, 200] },
      {
        volid: 'local:snippets/theirs.sh',
        path: '/var/lib/vz/snippets/theirs.sh',
        exists: false,
        executable: false,
        vmids: [],
        elsewhere: [300],
      },
      { volid: 'nas:snippets/gone.sh', exists: false, executable: false, vmids: [102] },
    ]);
  });

  test('tells a script that cannot be run', async () => {
    const tree = pveTree();
    tree.setFile(SCRIPT, '', { mode: 0o644 });
    expect(knownValue(await senseHookscripts(memoryHost(tree))).scripts[0]).toMatchObject({ exists: true, executable: false });
    tree.remove(SCRIPT);
    tree.setDirectory(SCRIPT);
    expect(knownValue(await senseHookscripts(memoryHost(tree))).scripts[0]).toMatchObject({ exists: false, executable: false });
  });

  test('follows links, and takes the guests that are known already', async () => {
    const tree = pveTree();
    tree.setFile('/usr/lib/pveigpu/hook', '', { mode: 0o755 });
    tree.setLink(SCRIPT, '/usr/lib/pveigpu/hook');
    const guest = {
      vmid: 101,
      kind: 'qemu',
      node: 'pvelab',
      running: { state: 'absent' },
      sections: [{ name: 'current', keys: { hookscript: 'local:snippets/pveigpu-hook' } }],
      rejectedLines: [],
    } as const;
    const guests = { state: 'known', value: { guests: [guest], unreadable: [] } } as const;
    expect(knownValue(await senseHookscripts(memoryHost(tree), { guests })).scripts).toEqual([
      { volid: 'local:snippets/pveigpu-hook', path: SCRIPT, exists: true, executable: true, vmids: [101] },
    ]);
  });

  test('reads no guest twice when both sensors run at the same time', async () => {
    const read: string[] = [];
    const host = memoryHost(pveTree(), {
      onAccess: (operation, path) => {
        if (operation === 'read' && path.endsWith('.conf')) read.push(path);
        return undefined;
      },
    });
    await Promise.all([senseGuests(host), senseHookscripts(host)]);
    expect(read).toHaveLength(4);
    await senseGuests(host);
    expect(read).toHaveLength(8);
  });

  test('does not know without the guests', async () => {
    const unmounted = new FileTree();
    unmounted.setDirectory('/etc/pve');
    expect(await senseHookscripts(memoryHost(unmounted))).toMatchObject({ state: 'unknown' });
  });
});
