// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Program } from '../machine.ts';
import { UnknownCall } from './table.ts';

/** Features of a pool that OpenZFS 2.3 made (cmd/zpool/compatibility.d/openzfs-2.3): those in use on every root pool, and the others. */
const ACTIVE =
  'empty_bpobj lz4_compress spacemap_histogram enabled_txg hole_birth extensible_dataset embedded_data large_dnode userobj_accounting project_quota spacemap_v2 log_spacemap zilsaxattr head_errlog vdev_zaps_v2';
const ENABLED =
  'async_destroy multi_vdev_crash_dump bookmarks filesystem_limits large_blocks sha512 skein edonr encryption device_removal obsolete_counts zpool_checkpoint allocation_classes resilver_defer bookmark_v2 redaction_bookmarks redacted_datasets bookmark_written livelist device_rebuild zstd_compress draid blake3 block_cloning raidz_expansion fast_dedup longname large_microzap';

/** How a feature of a pool stands. */
export type PoolFeature = 'enabled' | 'active' | 'disabled';

/** The features of `rpool` as the installer of PVE 9 made it; a test may change them. */
export function poolFeatures(): Map<string, PoolFeature> {
  const active = ACTIVE.split(' ').map((name) => [name, 'active'] as const);
  return new Map<string, PoolFeature>([...active, ...ENABLED.split(' ').map((name) => [name, 'enabled'] as const)]);
}

/** `zpool get -H -o name,property,value all` of a node whose root is on ZFS; without a pool it prints nothing. */
export function zpool(features: ReadonlyMap<string, PoolFeature>): Program {
  return async ({ tree }, argv) => {
    if (argv.slice(1).join(' ') !== 'get -H -o name,property,value all') throw new UnknownCall(argv);
    if (!/(^|\s)root=ZFS=rpool/.test(tree.text('/proc/cmdline') ?? '')) return { exitCode: 0, stdout: '', stderr: '' };
    const lines = [
      ['size', '928G'],
      ['health', 'ONLINE'],
      ['guid', '6748250961234567890'],
      ['version', '-'],
      ['compatibility', 'off'],
      ...[...features].map(([name, state]) => [`feature@${name}`, state]),
    ];
    return { exitCode: 0, stdout: lines.map(([name, value]) => `rpool\t${name}\t${value}\n`).join(''), stderr: '' };
  };
}
