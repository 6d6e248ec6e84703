// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BootFacts } from '../../../../src/core/facts/boot-facts.ts';
import type { Simulated } from '../../../app/simulated.ts';
import { addLine, all, logs } from '../acts.ts';
import { changed, profileOf, type StatesByFinding, state, withSection } from '../doctor-state.ts';

/** A kernel is installed and pinned. */
const pin =
  (release: string) =>
  ({ node }: Simulated): void => {
    node.machine.tree.setFile(`/boot/vmlinuz-${release}`, '');
    node.machine.tree.setFile('/etc/kernel/proxmox-boot-pin', `${release}\n`);
  };
const raidzExpansion = ({ node }: Simulated) => void node.machine.poolFeatures.set('raidz_expansion', 'active');

const WHOLE = addLine(101, 'hostpci0: 0000:00:02.0,legacy-igd=1,romfile=igd.rom');
const VF = addLine(100, 'hostpci0: 0000:00:02.1,pcie=1');
const CRASH = [
  'BUG: unable to handle page fault for address: ffffa5c1c0a80000',
  'Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI',
  ' ? i915_gem_object_put+0x1a/0x40 [i915]',
];
const FAULTS = Array.from(
  { length: 30 },
  (_, i) =>
    `DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0x7c${i.toString(16).padStart(2, '0')}0000 [fault reason 0x06] PTE Read access is not set`,
);

/** A machine whose `/boot` is as given. */
function boot(name: string, profile: string, parts: Partial<BootFacts>) {
  return changed(name, state('as installed', profile), (ground) =>
    withSection(ground, 'boot', (section) => ({ ...section, ...parts })),
  );
}

const RUNS = { release: '6.17.9-1-pve', hasInitramfs: true, hasHeaders: true };
const NEWER = { release: '6.17.13-2-pve', hasInitramfs: true, hasHeaders: true };

/** Machine states for the findings of the area `kernel`. */
export const KERNEL_STATES: StatesByFinding = {
  'kernel.headers-missing': {
    triggers: [boot('the next kernel has none', 'raptor-lake-s', { kernels: [RUNS, { ...NEWER, hasHeaders: false }] })],
    clear: [
      boot('the next kernel has them', 'raptor-lake-s', { kernels: [RUNS, NEWER] }),
      boot('no driver is to be built', 'raptor-lake-s-untouched', {
        kernels: [{ ...RUNS, release: '7.0.14-12-pve', hasHeaders: false }],
      }),
    ],
  },
  'kernel.next-loses-mode': {
    triggers: [boot('the driver is not built for the newest kernel', 'raptor-lake-s', { kernels: [RUNS, NEWER] })],
    clear: [
      boot('the kernel that runs is pinned', 'raptor-lake-s', { kernels: [RUNS, NEWER], pinned: RUNS.release }),
      boot('the newest runs', 'raptor-lake-s', { kernels: [RUNS] }),
    ],
  },
  'kernel.pin-missing': {
    triggers: [
      state(
        'the pin names a kernel that is gone',
        'raptor-lake-s',
        (node) => void node.node.machine.tree.setFile('/etc/kernel/proxmox-boot-pin', '6.8.12-11-pve\n'),
      ),
    ],
    clear: [state('no pin', 'raptor-lake-s'), boot('the pin is good', 'raptor-lake-s', { pinned: RUNS.release })],
  },
  'kernel.zfs-pool-newer': {
    triggers: [
      state(
        'an old kernel is pinned, and the root pool was upgraded',
        'raptor-lake-p',
        all(pin('6.5.13-5-pve'), raidzExpansion),
        {
          deep: true,
        },
      ),
    ],
    clear: [
      state('the pool is as it was made', 'raptor-lake-p', pin('6.5.13-5-pve'), { deep: true }),
      state('the kernel that runs starts next', 'raptor-lake-p', raidzExpansion, { deep: true }),
    ],
  },
  'kernel.pin-older': {
    triggers: [boot('a newer one is there', 'raptor-lake-s', { kernels: [RUNS, NEWER], pinned: RUNS.release })],
    clear: [boot('the newest is pinned', 'raptor-lake-s', { kernels: [RUNS, NEWER], pinned: NEWER.release })],
  },
  'kernel.gpu-without-iommu-group': {
    triggers: [state('the quirk of Broadwell', 'broadwell', WHOLE)],
    clear: [
      state('nobody gets the whole GPU', 'broadwell'),
      state('a GPU with a group', 'coffee-lake', WHOLE),
      state('VT-d is off', { ...profileOf('coffee-lake'), iommu: false }, WHOLE),
    ],
  },
  'kernel.frame-buffer-holds-bar': {
    triggers: [
      state(
        'said at a start',
        'coffee-lake',
        all(WHOLE, logs("vfio-pci 0000:00:02.0: BAR 2: can't reserve [mem 0x90000000-0x9fffffff pref]")),
      ),
    ],
    clear: [
      state(
        'another device',
        'coffee-lake',
        all(WHOLE, logs("vfio-pci 0000:03:00.0: BAR 1: can't reserve [mem 0xb0000000-0xbfffffff pref]")),
      ),
    ],
  },
  'kernel.dmar-faults': {
    triggers: [state('a stream', 'coffee-lake', all(WHOLE, logs(...FAULTS)))],
    clear: [state('a few at the first start', 'coffee-lake', all(WHOLE, logs(...FAULTS.slice(0, 5))))],
  },
  'kernel.swiotlb-full': {
    triggers: [
      state(
        'said while a guest runs',
        'raptor-lake-s',
        logs('i915 0000:00:02.0: swiotlb buffer is full (sz: 299008 bytes), total 32768 (slots), used 18 (slots)'),
      ),
    ],
    clear: [
      state(
        'a line of another device',
        'raptor-lake-s',
        logs('qxl 0000:00:03.0: swiotlb buffer is full (sz: 299008 bytes) i915'),
      ),
    ],
  },
  'kernel.driver-crashed': {
    triggers: [state('a crash in i915', 'raptor-lake-s', logs(...CRASH))],
    clear: [state('a crash elsewhere', 'raptor-lake-s', logs(...CRASH.slice(0, 2), ' ? r8169_poll+0x1a/0x40 [r8169] drm'))],
  },
  'kernel.gpu-wedged': {
    triggers: [
      state(
        'given up',
        'raptor-lake-s',
        logs(
          'i915 0000:00:02.0: [drm] *ERROR* GT0: Enabling uc failed (-5)',
          'i915 0000:00:02.0: [drm] *ERROR* GT0: Failed to initialize GPU, declaring it wedged!',
        ),
      ),
    ],
    clear: [state('another GPU', 'raptor-lake-s', logs('xe 0000:03:00.0: [drm] device wedged, needs recovery'))],
  },
  'kernel.hung-task': {
    triggers: [state('QEMU hangs', 'raptor-lake-s', logs('INFO: task kvm:4711 blocked for more than 122 seconds.'))],
    clear: [state('something else hangs', 'raptor-lake-s', logs('INFO: task nfsd:815 blocked for more than 122 seconds.'))],
  },
  'kernel.known-bad': {
    triggers: [
      changed('6.8.12-12 on Alder Lake-N', state('a guest has a VF', 'alder-lake-n', VF), (ground) =>
        withSection(ground, 'kernel', (kernel) => ({ ...kernel, release: '6.8.12-15-pve' })),
      ),
      changed('a release that makes the GPU hang', state('a guest has a VF', 'raptor-lake-s', VF), (ground) =>
        withSection(ground, 'modules', (modules) => ({
          ...modules,
          dkms: modules.dkms.map((one) => ({ ...one, version: '2026.09.16' })),
        })),
      ),
    ],
    clear: [
      changed('the kernel before', state('a guest has a VF', 'alder-lake-n', VF), (ground) =>
        withSection(ground, 'kernel', (kernel) => ({ ...kernel, release: '6.8.12-11-pve' })),
      ),
      state('another kernel', 'raptor-lake-s', VF),
    ],
  },
  'kernel.open-report': {
    triggers: [
      changed('a guest of Tiger Lake has a VF', state('a guest has a VF', 'tiger-lake', VF), (ground) =>
        withSection(ground, 'kernel', (kernel) => ({ ...kernel, release: '6.17.2-1-pve' })),
      ),
    ],
    clear: [state('nothing is wanted of Tiger Lake', 'tiger-lake'), state('another GPU', 'raptor-lake-s', VF)],
  },
};
