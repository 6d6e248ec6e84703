// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { MODES } from '../../src/core/gpu/verdict.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { SetupStory, type UserFile } from './setup-story.ts';

/** `caf\xe9` in Latin-1, which is no UTF-8. */
const LATIN1 = Uint8Array.from(Buffer.from('# caf\xe9\noptions vfio-pci disable_vga=1\n', 'latin1'));

/** What guides, other tools and people leave on a node, by who did it. */
const LEFTOVERS: { readonly [who: string]: readonly UserFile[] } = {
  'ids for vfio-pci': [
    { path: '/etc/modprobe.d/vfio.conf', text: 'options vfio-pci ids=10de:1c82,8086:5a85,8086:9bc8 disable_vga=1\r\n' },
    { path: '/etc/modules', text: (old) => `${old}vfio\nvfio_iommu_type1\nvfio_pci\nvfio_virqfd\n` },
  ],
  sysfsutils: [{ path: '/etc/sysfs.conf', text: 'devices/pci0000:00/0000:00:02.0/sriov_numvfs = 3' }],
  'a blacklist': [
    { path: '/etc/modprobe.d/blacklist-gpu.conf', text: 'blacklist i915\nblacklist snd_hda_intel\ninstall xe /bin/false' },
  ],
  'GRUB by hand': [
    {
      path: '/etc/default/grub',
      text: (old) =>
        old.replace('quiet', 'quiet i915.enable_gvt=0 module_blacklist=nouveau,xe video=efifb:off') +
        "GRUB_CMDLINE_LINUX_DEFAULT=$GRUB_CMDLINE_LINUX_DEFAULT' mitigations=off'",
    },
    { path: '/etc/kernel/cmdline', text: (old) => (old === '' ? '' : old.replace(/\n*$/, '  mitigations=off')) },
  ],
  driverctl: [{ path: '/etc/driverctl.d/0000:00:02.0', text: 'vfio-pci\n' }],
  'names like ours': [
    { path: '/etc/modprobe.d/pveigpu.conf', text: '# mine\noptions kvm ignore_msrs=1\noptions i915 enable_guc=2\n' },
    { path: '/etc/modprobe.d/pveigpu-old.conf', text: 'options i915 fastboot=1\n' },
    { path: '/etc/modules-load.d/pveigpu.conf', text: 'vfio\n' },
    { path: '/etc/default/grub.d/pveigpu.cfg', text: 'GRUB_TIMEOUT=3\n' },
    {
      path: '/etc/systemd/system/pveigpu-mine.service',
      text: '[Unit]\nDescription=mine\n[Service]\nType=oneshot\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
    },
  ],
  'another encoding': [{ path: '/etc/modprobe.d/old.conf', text: LATIN1 }],
};

const MACHINES = ['panther-lake', 'raptor-lake-s', 'comet-lake', 'apollo-lake', 'alder-lake-s', 'tiger-lake', 'meteor-lake'];

/** `LEFTOVERS=full` looks at each alone, too. */
const KINDS = process.env.LEFTOVERS === 'full' ? [...Object.keys(LEFTOVERS), 'all of them'] : ['all of them'];

describe.each(MACHINES)('%s', (name) => {
  test.each(KINDS)(
    'with %s: every mode, with and without --force, leaves nothing',
    async (who) => {
      const profile = findProfile(name);
      if (profile === undefined) throw new Error(`no profile ${name}`);
      const own = who === 'all of them' ? Object.values(LEFTOVERS).flat() : (LEFTOVERS[who] ?? []);
      let changed = 0;
      for (const mode of MODES)
        for (const force of [false, true]) {
          const story = new SetupStory(profile, own);
          const where = `${mode}${force ? ' --force' : ''}`;
          try {
            await story.act({ do: 'apply', mode, force });
            await story.check(where);
            changed += story.machine.node.machine.tree.get('/var/lib/pveigpu/ledger.json') === undefined ? 0 : 1;
            await story.act({ do: 'reboot' });
            await story.act({ do: 'confirm' });
            await story.check(where);
            await story.end();
          } catch (error) {
            throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`);
          }
        }
      expect(changed).toBeGreaterThan(0);
    },
    120_000,
  );
});
