// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bundledZfs, featureSince, hasFeature } from '../../../src/core/kernels/zfs-features.ts';
import { parseZpoolGet, rootPool, zfsRemarks } from '../../../src/core/kernels/zfs-guard.ts';

/** `zpool get -H -o name,property,value all` as zpool-get(8) prints it: tab-separated, no head. */
const get = (name: string, features: { readonly [feature: string]: string }) =>
  [
    `${name}\tsize\t928G`,
    `${name}\tcapacity\t12%`,
    `${name}\thealth\tONLINE`,
    `${name}\tcompatibility\toff`,
    ...Object.entries(features).map(([feature, value]) => `${name}\tfeature@${feature}\t${value}`),
    '',
  ].join('\n');

const ROOT = 'root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet';
const remarks = (release: string, output: string, cmdline = ROOT) =>
  zfsRemarks({ release, pools: parseZpoolGet(output), running: '6.17.9-1-pve', cmdline });

describe('the OpenZFS of a kernel (pve-kernel debian/changelog)', () => {
  test.each([
    ['5.15.158-2-pve', '2.1'],
    ['6.2.16-20-pve', '2.1'],
    ['6.5.13-5-pve', '2.2'],
    ['6.8.12-43-pve', '2.2'],
    ['6.11.11-2-pve', '2.2'],
    ['6.14.0-2-pve', '2.2'],
    ['6.14.11-9-bpo12-pve', '2.2'],
    ['6.14.8-2-pve', '2.3'],
    ['6.17.2-1-pve', '2.3'],
    ['6.17.9-1-pve', '2.4'],
    ['7.0.14-14-pve', '2.4'],
  ])('%s: %s', (release, zfs) => {
    expect(bundledZfs(release)).toBe(zfs);
  });

  test.each(['6.12.48+deb13-amd64', '5.4.106-1-pve', '7.1.0-1-pve', '6.17.2', 'x'])('%s: not known', (release) => {
    expect(bundledZfs(release)).toBeUndefined();
  });

  test('features (openzfs cmd/zpool/compatibility.d)', () => {
    expect(featureSince('draid')).toBe('2.1');
    expect(featureSince('raidz_expansion')).toBe('2.3');
    expect(hasFeature('2.2', 'block_cloning')).toBe(true);
    expect(hasFeature('2.2', 'fast_dedup')).toBe(false);
    expect(hasFeature('2.4', 'of_the_future')).toBe(false);
  });
});

describe('a pool that is too new', () => {
  test('the root pool: refused, with the name of the feature', () => {
    const found = remarks(
      '6.5.13-5-pve',
      get('rpool', { lz4_compress: 'active', large_microzap: 'active', longname: 'enabled' }),
    );
    expect(found).toEqual([
      {
        level: 'blocker',
        id: 'kernel.zfs-feature',
        code: 'kernel.cannot',
        text: 'Kernel 6.5.13-5-pve brings OpenZFS 2.2 and cannot import the root pool rpool, which uses large_microzap (OpenZFS 2.3): it would not boot.',
      },
    ]);
  });

  test('another pool: refused too, but that can be overridden', () => {
    const found = remarks(
      '6.14.8-2-pve',
      get('rpool', { zstd_compress: 'active' }) + get('tank', { physical_rewrite: 'active' }),
    );
    expect(found).toMatchObject([{ level: 'blocker', overridable: true }]);
    expect(found[0]?.text).toContain('the pool tank, which uses physical_rewrite (OpenZFS 2.4): guests with disks there');
  });

  test('a feature that nobody told of is newer than all that is told of', () => {
    const found = remarks('7.0.14-14-pve', get('rpool', { of_the_future: 'active' }));
    expect(found[0]?.text).toContain('of_the_future (OpenZFS newer than 2.4)');
  });

  test('enabled only, or old: nothing is said', () => {
    expect(remarks('6.5.13-5-pve', get('rpool', { fast_dedup: 'enabled', block_cloning: 'active' }))).toEqual([]);
    expect(remarks('6.17.2-1-pve', get('rpool', { raidz_expansion: 'active' }))).toEqual([]);
  });

  test('a kernel whose OpenZFS is not known: a warning when it is older, nothing when it is newer', () => {
    expect(remarks('5.4.106-1-pve', get('rpool', {}))).toMatchObject([{ level: 'warning', id: 'kernel.zfs-unknown' }]);
    expect(remarks('7.1.3-1-pve', get('rpool', {}))).toEqual([]);
    expect(remarks('5.4.106-1-pve', '')).toEqual([]);
  });

  test('the root pool stands on the command line', () => {
    expect(rootPool(ROOT)).toBe('rpool');
    expect(rootPool('root=/dev/mapper/pve-root ro')).toBeUndefined();
  });
});
