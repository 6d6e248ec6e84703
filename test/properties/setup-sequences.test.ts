// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { test } from 'vitest';
import { MODES } from '../../src/core/gpu/verdict.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { EDITED, type SetupAct, SetupStory, type UserFile } from './setup-story.ts';

const RUNS = Number(process.env.STORIES ?? 12);

/** Machines of which each can do something else, on all kinds of loader. */
const NAMES = [
  'raptor-lake-s',
  'panther-lake',
  'alder-lake-s',
  'comet-lake',
  'coffee-lake',
  'apollo-lake',
  'broadwell',
  'arc-pro',
];

const LOADERS = ['grub', 'pbt-grub', 'pbt-systemd-boot', 'as it is'] as const;

function profileOf(name: string, loader: (typeof LOADERS)[number]): Profile {
  const found = findProfile(name);
  if (found === undefined) throw new Error(`no profile ${name}`);
  // GRUB on the root file system does not start from ZFS here.
  if (loader === 'as it is' || (loader === 'grub' && found.cmdline.includes('root=ZFS='))) return found;
  const { alsoLoader: _other, ...rest } = found;
  return { ...rest, loader, efi: loader === 'pbt-systemd-boot' ? true : found.efi };
}

/** What guides and other tools leave on a node. */
const LEFTOVERS: readonly UserFile[] = [
  { path: '/etc/modprobe.d/vfio.conf', text: 'options vfio-pci ids=10de:1c82,8086:5a85 disable_vga=1\r\n' },
  { path: '/etc/modprobe.d/blacklist-mine.conf', text: 'blacklist nouveau\nblacklist snd_hda_intel' },
  { path: '/etc/modprobe.d/i915.conf', text: 'options i915 enable_guc=3 max_vfs=7\n' },
  { path: '/etc/sysfs.conf', text: 'devices/pci0000:00/0000:00:02.0/sriov_numvfs = 3\n' },
  { path: '/etc/driverctl.d/0000:00:1f.3', text: 'vfio-pci\n' },
  { path: '/etc/modprobe.d/pveigpu-old.conf', text: 'options i915 fastboot=1\n' },
  { path: '/etc/modprobe.d/pveigpu.conf', text: '# mine, of an older tool\noptions kvm ignore_msrs=1\n' },
  { path: '/etc/modules-load.d/pveigpu.conf', text: 'vfio\n' },
  { path: '/etc/default/grub.d/pveigpu.cfg', text: 'GRUB_TIMEOUT=3\n' },
  { path: '/etc/tmpfiles.d/mine.conf', text: 'w /sys/devices/pci0000:00/0000:00:02.0/sriov_numvfs - - - - 2\n' },
];

const act: fc.Arbitrary<SetupAct> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('apply' as const), mode: fc.constantFrom(...MODES), force: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      file: fc.nat({ max: EDITED.length - 1 }),
      line: fc.stringMatching(/^[a-z]{1,6}$/),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'reboot' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rollback' as const), back: fc.nat({ max: 3 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(...(['trial', 'confirm', 'assign', 'unassign', 'start', 'stop', 'kernel', 'rollback-all'] as const)),
    }),
  },
);

test('whatever a user and pveigpu do by turns: the node boots, no line of the user is lost, and everything of ours goes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...NAMES),
      fc.constantFrom(...LOADERS),
      fc.subarray([...LEFTOVERS], { maxLength: 4 }),
      fc.array(act, { minLength: 3, maxLength: 9, size: 'max' }),
      async (name, loader, own, acts) => {
        const story = new SetupStory(profileOf(name, loader), own);
        for (const [index, one] of acts.entries()) {
          await story.act(one);
          await story.check(`${index} ${one.do}`);
        }
        await story.end();
      },
    ),
    { numRuns: RUNS, ...(process.env.SEED === undefined ? { seed: 4 } : { seed: Number(process.env.SEED) }) },
  );
}, 3_600_000);
