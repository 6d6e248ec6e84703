// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { readPoolConfig, sensePools } from '../../../src/app/sense/sense-pools.ts';
import { FileTree } from '../../../src/core/files/file-tree.ts';
import { configDigest } from '../../../src/core/guest/digest.ts';
import { keptPoolConfig } from '../../../src/core/guest/reduce-runtime.ts';
import { pveTree } from './pve-tree.ts';

const FILE = '/etc/pve/mapping/pci.cfg';
const TEXT = 'igpu-vf\n\tmap id=8086:4680,node=pvelab,path=0000:00:02.1,description=note\n\tdescription note\n\n';

describe('sensePools', () => {
  test('reads the mappings without notes, as from a capture', async () => {
    const facts = await sensePools(memoryHost(pveTree({ [FILE]: TEXT })));
    expect(facts).toEqual({
      state: 'known',
      value: {
        pools: [
          {
            id: 'igpu-vf',
            mdev: false,
            liveMigrationCapable: false,
            entries: [{ node: 'pvelab', id: '8086:4680', path: '0000:00:02.1' }],
          },
        ],
      },
    });
    expect(await sensePools(memoryHost(pveTree({ [FILE]: keptPoolConfig(TEXT) })))).toEqual(facts);
  });

  test('an absent file is no pool, an absent /etc/pve is not known', async () => {
    expect(await sensePools(memoryHost(pveTree()))).toEqual({ state: 'known', value: { pools: [] } });
    const unmounted = new FileTree();
    unmounted.setDirectory('/etc/pve');
    expect(await sensePools(memoryHost(unmounted))).toMatchObject({ state: 'unknown' });
    const denied = memoryHost(pveTree({ [FILE]: TEXT }), {
      onAccess: (_operation, path) => (path === FILE ? 'EACCES' : undefined),
    });
    expect(await sensePools(denied)).toEqual({ state: 'unknown', reason: `${FILE} cannot be read (EACCES)` });
  });
});

describe('readPoolConfig', () => {
  test('gives the pools with notes and the digest', async () => {
    const read = await readPoolConfig(memoryHost(pveTree({ [FILE]: TEXT })));
    expect(read).toMatchObject({
      ok: true,
      value: { digest: configDigest(TEXT), pools: [{ id: 'igpu-vf', description: 'note' }] },
    });
    expect(await readPoolConfig(memoryHost(pveTree()))).toEqual({ ok: true, value: { pools: [], digest: configDigest('') } });
    expect(await readPoolConfig(memoryHost(new FileTree()))).toMatchObject({ ok: false, problem: { code: 'pve.absent' } });
  });
});
