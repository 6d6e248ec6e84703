// SPDX-License-Identifier: AGPL-3.0-or-later
import { known } from '../../../../src/core/facts/section.ts';
import type { Simulated } from '../../../app/simulated.ts';
import { all, logs } from '../acts.ts';
import { applied, confirmed, file, gone, ran, rebooted } from '../apply.ts';
import { changed, type DoctorState, profileOf, type StatesByFinding, state, withSection } from '../doctor-state.ts';

const GPU = '0000:00:02.0';
const LVM = 'root=/dev/mapper/pve-root ro quiet';
const DKMS = `${LVM} intel_iommu=on i915.enable_guc=3 i915.max_vfs=7 module_blacklist=xe`;
const raptor = (cmdline: string) => ({ ...profileOf('raptor-lake-s'), cmdline });
const GRUB = '/etc/default/grub';
const OWN_MODPROBE = '/etc/modprobe.d/pveigpu.conf';

/** Adds words to GRUB's configuration, or takes some out, as somebody does with an editor. */
function grub(change: (text: string) => string): (node: Simulated) => void {
  return ({ node }) => void node.machine.tree.setFile(GRUB, change(node.machine.tree.text(GRUB) ?? ''));
}
const withIommu = grub((text) => text.replace(/^(GRUB_CMDLINE_LINUX_DEFAULT="[^"]*)"/m, '$1 intel_iommu=on"'));
const withoutMaxVfs = grub((text) => text.replace(' i915.max_vfs=7', ''));

const WAITS = state('GVT-g is set up and the node was not rebooted', 'comet-lake', applied('gvt-g'));
const DONE = state('GVT-g is set up, booted and confirmed', 'comet-lake', all(applied('gvt-g'), rebooted, confirmed));
const BOOTED_SINCE = changed('another boot since the set-up', WAITS, (ground) => ({ ...ground, bootId: 'another' }));
const journal = (...lines: readonly string[]): DoctorState =>
  changed(lines.at(-1) ?? 'nothing said', state('as set up', 'raptor-lake-s'), (ground) => ({
    ...ground,
    deep: { ...ground.deep, journal: known(lines.map((text) => ({ unit: 'pveigpu-boot.service', text }))) },
  }));

/** Machine states for the findings of the area `boot`. */
export const BOOT_STATES: StatesByFinding = {
  'boot.root-missing': {
    triggers: [
      state('a guide wrote the file anew', 'tiger-lake', file('/etc/kernel/cmdline', 'quiet intel_iommu=on\n')),
      state(
        'root= stands in the second line',
        'tiger-lake',
        file('/etc/kernel/cmdline', 'quiet\nroot=ZFS=rpool/ROOT/pve-1 boot=zfs\n'),
      ),
    ],
    clear: [
      state('as installed', 'tiger-lake'),
      state('GRUB starts the node', 'meteor-lake', file('/etc/kernel/cmdline', 'quiet\n')),
      state('no such file', 'raptor-lake-s'),
    ],
  },
  'boot.no-initramfs': {
    triggers: [state('an update was broken off', 'raptor-lake-s', gone('/boot/initrd.img-6.17.9-1-pve'))],
    clear: [
      state('as installed', 'raptor-lake-s'),
      state('of an older kernel', 'tiger-lake', gone('/boot/initrd.img-6.17.9-1-pve')),
    ],
  },
  'boot.little-space': {
    triggers: [
      changed('12 MiB left on /boot', state('as installed', 'raptor-lake-s'), (ground) =>
        withSection(ground, 'boot', (boot) => ({ ...boot, freeBytes: { '/boot': 12 * 1024 ** 2 } })),
      ),
    ],
    clear: [
      state('as installed', 'raptor-lake-s'),
      changed('a partition with GRUB alone', state('as installed', 'raptor-lake-s'), (ground) =>
        withSection(ground, 'boot', (boot) => ({ ...boot, freeBytes: { ...boot.freeBytes, '/boot/efi': 12 * 1024 ** 2 } })),
      ),
    ],
  },
  'boot.reboot-pending': { triggers: [WAITS], clear: [state('as installed', 'comet-lake'), DONE, BOOTED_SINCE] },
  'boot.not-confirmed': { triggers: [BOOTED_SINCE], clear: [state('as installed', 'comet-lake'), WAITS, DONE] },
  'boot.not-as-set-up': {
    triggers: [
      changed('another kernel was chosen in the menu', BOOTED_SINCE, (ground) =>
        withSection(ground, 'kernel', (kernel) => ({ ...kernel, release: '6.17.9-1-pve' })),
      ),
    ],
    clear: [WAITS, DONE, BOOTED_SINCE],
  },
  'boot.param-in-inactive-loader': {
    triggers: [
      state(
        'GRUB starts the node, and a guide for systemd-boot was followed',
        'meteor-lake',
        file('/etc/kernel/cmdline', 'root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet intel_iommu=on\n'),
      ),
      state('systemd-boot starts the node, and a guide for GRUB was followed', 'tiger-lake', withIommu),
    ],
    clear: [
      state('as installed', 'meteor-lake'),
      state('GRUB starts the node and has it', 'raptor-lake-s-untouched', all(withIommu, ran('update-grub'), rebooted)),
      state('both loaders are there', 'tiger-lake'),
    ],
  },
  'boot.loader-not-refreshed': {
    triggers: [
      state('GRUB was edited', 'raptor-lake-s-untouched', withIommu),
      state('and the node rebooted', 'raptor-lake-s-untouched', all(withIommu, rebooted)),
    ],
    clear: [
      state('as installed', 'raptor-lake-s-untouched'),
      state('written, not booted', 'raptor-lake-s-untouched', all(withIommu, ran('update-grub'))),
      state('systemd-boot starts the node', 'tiger-lake', withIommu),
    ],
  },
  'boot.param-not-booted': {
    triggers: [
      state('GRUB was edited', 'raptor-lake-s-untouched', withIommu),
      state('GRUB was edited and written', 'raptor-lake-s-untouched', all(withIommu, ran('update-grub'))),
    ],
    clear: [
      state('as installed', 'raptor-lake-s'),
      state('edited, written and booted', 'raptor-lake-s-untouched', all(withIommu, ran('update-grub'), rebooted)),
    ],
  },
  'boot.param-not-lasting': {
    triggers: [state('a parameter was taken out since', 'raptor-lake-s', withoutMaxVfs)],
    clear: [
      state('as set up', 'raptor-lake-s'),
      state('taken out and booted', 'raptor-lake-s', all(withoutMaxVfs, ran('update-grub'), rebooted)),
    ],
  },
  'boot.contradicting-params': {
    triggers: [
      state('on and off', raptor(`${LVM} intel_iommu=on intel_iommu=off`)),
      state('two values of one option', raptor(`${DKMS} i915.enable_guc=0`)),
    ],
    clear: [
      state('each once', raptor(DKMS)),
      state('beside each other', raptor(`${LVM} intel_iommu=on iommu=pt intel_iommu=sm_on`)),
      state('the same twice', raptor(`${LVM} intel_iommu=on intel_iommu=on`)),
    ],
  },
  'boot.blacklist-replaced': {
    triggers: [state('two lists', raptor(`${LVM} module_blacklist=xe module_blacklist=nouveau`))],
    clear: [state('one list', raptor(`${LVM} module_blacklist=xe,nouveau`)), state('none', 'raptor-lake-s-untouched')],
  },
  'boot.gvtg-with-sriov-options': {
    triggers: [
      state('guides for both were followed', {
        ...profileOf('coffee-lake'),
        cmdline: `${LVM} i915.enable_guc=3 i915.max_vfs=7`,
      }),
    ],
    clear: [state('GVT-g alone', 'coffee-lake'), state('VFs alone', 'raptor-lake-s')],
  },
  'boot.iommu-off-by-parameter': {
    triggers: [state('switched off for a test once', raptor(`${DKMS} intel_iommu=off`))],
    clear: [
      state('on', raptor(DKMS)),
      state('off in the firmware', { ...profileOf('raptor-lake-s'), iommu: false }),
      state('nobody wants the GPU in a guest', { ...profileOf('rocket-lake'), cmdline: `${LVM} intel_iommu=off` }),
    ],
  },
  'boot.iommu-not-used': {
    triggers: [
      changed('the kernel leaves it', state('VFs are wanted', 'raptor-lake-s'), (ground) =>
        withSection(ground, 'platform', (platform) => ({ ...platform, iommus: [], dmarTable: true })),
      ),
    ],
    clear: [state('in use', 'raptor-lake-s'), state('off in the firmware', { ...profileOf('raptor-lake-s'), iommu: false })],
  },
  'boot.graphics-without-iommu': {
    triggers: [state('igfx_off', raptor(DKMS.replace('intel_iommu=on', 'intel_iommu=on,igfx_off')))],
    clear: [state('on', raptor(DKMS))],
  },
  'boot.nomodeset': {
    triggers: [
      changed('chosen in the installer for a black screen', state('VFs are wanted', 'raptor-lake-s'), (ground) =>
        withSection(
          withSection(ground, 'kernel', (kernel) => ({ ...kernel, cmdline: `${kernel.cmdline} nomodeset` })),
          'pci',
          (pci) => ({ ...pci, displays: pci.displays.map((one) => ({ ...one, driver: null })) }),
        ),
      ),
    ],
    clear: [state('as set up', 'raptor-lake-s'), state('the driver has the GPU all the same', raptor(`${DKMS} nomodeset`))],
  },
  'boot.module-options-stale': {
    triggers: [
      state('written and not booted', 'coffee-lake', file('/etc/modprobe.d/guc.conf', 'options i915 enable_guc=2\n')),
      state(
        'booted, and the initramfs has the older settings',
        { ...profileOf('coffee-lake'), earlyGraphics: true },
        all(file('/etc/modprobe.d/guc.conf', 'options i915 enable_guc=2\n'), rebooted),
      ),
    ],
    clear: [
      state('in effect', 'coffee-lake'),
      state(
        'written, put into the initramfs and booted',
        'coffee-lake',
        all(
          file('/etc/modprobe.d/guc.conf', 'options i915 enable_guc=0\n'),
          ran('update-initramfs', '-u', '-k', 'all'),
          rebooted,
        ),
      ),
      state(
        'the command line says otherwise and counts',
        'raptor-lake-s',
        file('/etc/modprobe.d/guc.conf', 'options i915 enable_guc=0\n'),
      ),
    ],
  },
  'boot.sysfs-conf-unread': {
    triggers: [state('the line alone', 'raptor-lake-s', file('/etc/sysfs.conf', `devices/pci0000:00/${GPU}/sriov_numvfs = 7\n`))],
    clear: [
      state('VFs are there', 'raptor-lake-s-by-hand'),
      state('no line', 'raptor-lake-s'),
      state('a line of comment', 'raptor-lake-s', file('/etc/sysfs.conf', `# devices/pci0000:00/${GPU}/sriov_numvfs = 7\n`)),
    ],
  },
  'boot.vfs-before-driver': {
    triggers: [
      state('a line of tmpfiles.d was too early', 'raptor-lake-s', ({ node }) => {
        const { kernel } = node.machine;
        kernel.write('/sys/bus/pci/drivers/i915/unbind', GPU);
        kernel.write(`/sys/bus/pci/devices/${GPU}/sriov_numvfs`, '7');
        kernel.write('/sys/bus/pci/drivers/i915/bind', GPU);
      }),
    ],
    clear: [
      state('as set up', 'raptor-lake-s'),
      state('VFs are there', 'raptor-lake-s-by-hand', logs(`i915 ${GPU}: no driver bound to device; cannot configure SR-IOV`)),
    ],
  },
  'boot.vf-unit-missing': {
    triggers: [
      state('somebody removed it', 'raptor-lake-s', all(applied('sriov'), gone('/etc/systemd/system/pveigpu-boot.service'))),
    ],
    clear: [
      state('it is there', 'raptor-lake-s', applied('sriov')),
      state('set up by hand', 'raptor-lake-s-by-hand'),
      state('nothing asked', 'raptor-lake-s'),
    ],
  },
  'boot.own-settings-gone': {
    triggers: [
      state('removed after the mode was set up', 'comet-lake', all(applied('gvt-g'), rebooted, confirmed, gone(OWN_MODPROBE))),
      state(
        'removed, and the node was booted since',
        'comet-lake',
        all(applied('gvt-g'), rebooted, confirmed, gone(OWN_MODPROBE), rebooted),
      ),
    ],
    clear: [
      DONE,
      state('the mode was taken back', 'comet-lake', all(applied('gvt-g'), rebooted, confirmed, applied('host'), rebooted)),
      state('nothing asked', 'comet-lake'),
    ],
  },
  'boot.unit-failed': {
    triggers: [
      journal(
        'Starting pveigpu-boot.service...',
        'pveigpu: There are no VFs.',
        'pveigpu-boot.service: Failed with result exit-code.',
      ),
      journal(
        'Starting pveigpu-boot.service...',
        'pveigpu: i915 0000:00:02.0: not enough MMIO resources for SR-IOV',
        'pveigpu-boot.service: Main process exited, code=exited, status=1/FAILURE',
      ),
    ],
    clear: [
      journal('Starting pveigpu-boot.service...', 'Finished pveigpu-boot.service.'),
      state('the journal was not read', 'raptor-lake-s'),
    ],
  },
};
