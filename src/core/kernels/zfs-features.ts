// SPDX-License-Identifier: AGPL-3.0-or-later
import {
  compareKernelVersions,
  compareSeries,
  type KernelVersion,
  kernelSeries,
  parseKernelVersion,
} from '../gpu/kernel-version.ts';

/**
 * Pool features by the first OpenZFS release that has them: openzfs/zfs cmd/zpool/compatibility.d, `openzfs-2.0-linux` to `openzfs-2.4`.
 * What `openzfs-2.0-linux` lists is in every kernel that is told of here.
 */
const FIRST_IN: { readonly [version: string]: readonly string[] } = {
  '2.0': [
    'allocation_classes',
    'async_destroy',
    'bookmark_v2',
    'bookmark_written',
    'bookmarks',
    'device_rebuild',
    'device_removal',
    'edonr',
    'embedded_data',
    'empty_bpobj',
    'enabled_txg',
    'encryption',
    'extensible_dataset',
    'filesystem_limits',
    'hole_birth',
    'large_blocks',
    'large_dnode',
    'livelist',
    'log_spacemap',
    'lz4_compress',
    'multi_vdev_crash_dump',
    'obsolete_counts',
    'project_quota',
    'redacted_datasets',
    'redaction_bookmarks',
    'resilver_defer',
    'sha512',
    'skein',
    'spacemap_histogram',
    'spacemap_v2',
    'userobj_accounting',
    'zpool_checkpoint',
    'zstd_compress',
  ],
  '2.1': ['draid'],
  '2.2': ['blake3', 'block_cloning', 'head_errlog', 'vdev_zaps_v2', 'zilsaxattr'],
  '2.3': ['fast_dedup', 'large_microzap', 'longname', 'raidz_expansion', 'redaction_list_spill'],
  '2.4': ['block_cloning_endian', 'dynamic_gang_header', 'physical_rewrite'],
};

/** The newest OpenZFS whose features are told of. */
export const NEWEST_ZFS = '2.4';

/**
 * Which OpenZFS a kernel of Proxmox brings, from a first release of a series on: proxmox/pve-kernel debian/changelog of the branches
 * pve-kernel-5.15, bookworm-6.2, -6.5, -6.8, -6.11, -6.14, trixie-6.14, -6.17 and master (7.0). Backports to Debian 12 (`-bpo12-pve`)
 * keep that release's OpenZFS.
 */
const BUNDLED: readonly { readonly from: string; readonly zfs: string }[] = [
  { from: '5.15.12-2', zfs: '2.1' },
  { from: '5.19.0-1', zfs: '2.1' },
  { from: '6.1.0-1', zfs: '2.1' },
  { from: '6.2.0-1', zfs: '2.1' },
  { from: '6.5.3-1', zfs: '2.2' },
  { from: '6.8.0-1', zfs: '2.2' },
  { from: '6.11.0-1', zfs: '2.2' },
  { from: '6.14.0-1', zfs: '2.2' },
  { from: '6.14.4-1', zfs: '2.3' },
  { from: '6.17.0-1', zfs: '2.3' },
  { from: '6.17.9-1', zfs: '2.4' },
  { from: '7.0.0-1', zfs: '2.4' },
];

/** `major.minor` of the OpenZFS in a Proxmox kernel, or undefined for kernels that are not told of. */
export function bundledZfs(release: string): string | undefined {
  const version = parseKernelVersion(release);
  if (version === undefined || !release.endsWith('-pve')) return undefined;
  if (/-bpo12-pve$/.test(release)) return version.major === 6 && version.minor === 14 ? '2.2' : undefined;
  const own = BUNDLED.filter(({ from }) => kernelSeries(from) === kernelSeries(release));
  return own.filter(({ from }) => compareKernelVersions(parsed(from), version) <= 0).pop()?.zfs;
}

/** The first OpenZFS (`major.minor`) that has a pool feature, or undefined for one that is not told of. */
export function featureSince(feature: string): string | undefined {
  return Object.keys(FIRST_IN).find((version) => FIRST_IN[version]?.includes(feature));
}

/** Whether an OpenZFS up to {@link NEWEST_ZFS} has a pool feature; one that is not told of is newer than that. */
export function hasFeature(zfs: string, feature: string): boolean {
  const since = featureSince(feature);
  return since !== undefined && compareSeries(zfs, since) >= 0;
}

function parsed(release: string): KernelVersion {
  return parseKernelVersion(release) ?? { major: 0, minor: 0, patch: 0, abi: 0 };
}
