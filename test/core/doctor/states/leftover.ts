// SPDX-License-Identifier: AGPL-3.0-or-later

import { known } from '../../../../src/core/facts/section.ts';
import { NOTHING_DESIRED } from '../../../../src/core/plan/desired.ts';
import { addLine, all, logs } from '../acts.ts';
import { applied, confirmed, file, ran, rebooted } from '../apply.ts';
import { changed, profileOf, type StatesByFinding, state } from '../doctor-state.ts';

const GPU = '0000:00:02.0';
const LVM = 'root=/dev/mapper/pve-root ro quiet';
const raptor = (cmdline: string) => ({ ...profileOf('raptor-lake-s'), cmdline });
const modprobe = (text: string) => file('/etc/modprobe.d/vfio.conf', `${text}\n`);
const WHOLE = addLine(101, `hostpci0: ${GPU},legacy-igd=1`);
const IDS = 'options vfio-pci ids=8086:a780 disable_vga=1';
const NUMVFS = `w /sys/devices/pci0000:00/${GPU}/sriov_numvfs - - - - 7\n`;
const SET_UP = all(applied('gvt-g'), rebooted, confirmed);

/** Machine states for the findings of the area `leftover`. */
export const LEFTOVER_STATES: StatesByFinding = {
  'leftover.vfio-ids': {
    triggers: [
      state('of a guide for the whole GPU, and VFs are wanted now', 'raptor-lake-s', modprobe(IDS)),
      state('on the kernel command line', raptor(`${LVM} vfio-pci.ids=8086:a780`), addLine(100, `hostpci0: 0000:00:02.1,pcie=1`)),
    ],
    clear: [
      state('of another card', 'raptor-lake-s', modprobe('options vfio-pci ids=10de:25a2')),
      state('the whole GPU is wanted', 'jasper-lake', all(modprobe('options vfio-pci ids=8086:4e61'), WHOLE)),
      state('a later word takes it back', raptor(`${LVM} vfio-pci.ids=8086:a780 vfio-pci.ids=10de:25a2`)),
      state('the line is a comment', 'raptor-lake-s', modprobe(`# pveigpu: ${IDS}`)),
    ],
  },
  'leftover.driver-blocked': {
    triggers: [
      state('blacklisted for the whole GPU once', 'raptor-lake-s', modprobe('blacklist i915')),
      state(
        'replaced by /bin/false',
        'coffee-lake',
        all(modprobe('install i915 /bin/false'), addLine(100, `hostpci0: ${GPU},mdev=i915-GVTg_V5_4`)),
      ),
      state('on the kernel command line', raptor(`${LVM} module_blacklist=i915,xe`)),
    ],
    clear: [
      state('the other driver is', 'raptor-lake-s', modprobe('blacklist xe')),
      state('the whole GPU is wanted', 'jasper-lake', all(modprobe('blacklist i915'), WHOLE)),
      state('a later list replaces it', raptor(`${LVM} module_blacklist=i915 module_blacklist=xe`)),
    ],
  },
  'leftover.install-line': {
    triggers: [
      state(
        'another hand-over',
        'jasper-lake',
        all(modprobe('install i915 /sbin/modprobe vfio-pci; /sbin/modprobe -i i915'), WHOLE),
      ),
    ],
    clear: [
      state('VFs are wanted', 'raptor-lake-s', modprobe('install i915 /sbin/modprobe -i i915')),
      state('none', 'jasper-lake', WHOLE),
    ],
  },
  'leftover.softdep': {
    triggers: [state('of a guide for the whole GPU', 'raptor-lake-s', modprobe('softdep i915 pre: vfio-pci'))],
    clear: [
      state('the whole GPU is wanted', 'jasper-lake', all(modprobe('softdep i915 pre: vfio-pci'), WHOLE)),
      state('of another driver', 'raptor-lake-s', modprobe('softdep nvidia pre: vfio-pci')),
    ],
  },
  'leftover.vf-maker': {
    triggers: [
      state('the whole GPU is wanted', 'raptor-lake-s', all(file('/etc/tmpfiles.d/vfs.conf', NUMVFS), applied('gvt-d'))),
      state('pveigpu makes them too', 'raptor-lake-s', all(applied('sriov'), file('/etc/tmpfiles.d/vfs.conf', NUMVFS))),
    ],
    clear: [state('by hand, and wanted', 'raptor-lake-s-by-hand'), state('by pveigpu alone', 'raptor-lake-s', applied('sriov'))],
  },
  'leftover.udev-override': {
    triggers: [
      state(
        'of a guide for the whole GPU',
        'raptor-lake-s',
        file(
          '/etc/udev/rules.d/99-gpu.rules',
          `ACTION=="add", KERNEL=="${GPU}", SUBSYSTEM=="pci", ATTR{driver_override}="vfio-pci"\n`,
        ),
      ),
    ],
    clear: [
      state(
        'of i915-sriov-dkms, for VFs',
        'raptor-lake-s',
        file(
          '/etc/udev/rules.d/99-i915-vf-vfio.rules',
          'ACTION=="add", KERNEL=="0000:00:02.[1-7]", ATTR{driver_override}="vfio-pci"\n',
        ),
      ),
    ],
  },
  'leftover.driverctl': {
    triggers: [state('from a trial', 'raptor-lake-s', file(`/etc/driverctl.d/${GPU}`, 'vfio-pci\n'))],
    clear: [
      state('of another device', 'raptor-lake-s', file('/etc/driverctl.d/0000:01:00.0', 'vfio-pci\n')),
      state('the whole GPU is wanted', 'jasper-lake', all(file(`/etc/driverctl.d/${GPU}`, 'vfio-pci\n'), WHOLE)),
    ],
  },
  'leftover.disable-vga': {
    triggers: [state('a guest in legacy mode', 'comet-lake', all(modprobe('options vfio-pci disable_vga=1'), WHOLE))],
    clear: [
      state('no guest gets the whole GPU', 'raptor-lake-s', modprobe('options vfio-pci disable_vga=1')),
      state('a GPU without legacy mode', 'jasper-lake', all(modprobe('options vfio-pci disable_vga=1'), WHOLE)),
      state('switched on', 'comet-lake', all(modprobe('options vfio-pci disable_vga=0'), WHOLE)),
    ],
  },
  'leftover.vfio-virqfd': {
    triggers: [state('of an old guide', 'raptor-lake-s', file('/etc/modules', 'vfio\nvfio_pci\nvfio_virqfd\n'))],
    clear: [state('without it', 'raptor-lake-s', file('/etc/modules', 'vfio\nvfio_pci\n# vfio_virqfd\n'))],
  },
  'leftover.unsafe-interrupts': {
    triggers: [state('of an old guide', 'raptor-lake-s', modprobe('options vfio_iommu_type1 allow_unsafe_interrupts=1'))],
    clear: [state('off', 'raptor-lake-s', modprobe('options vfio_iommu_type1 allow_unsafe_interrupts=0'))],
  },
  'leftover.acs-override': {
    triggers: [state('for another card', raptor(`${LVM} intel_iommu=on pcie_acs_override=downstream,multifunction`))],
    clear: [state('without', raptor(`${LVM} intel_iommu=on`))],
  },
  'leftover.unknown-option': {
    triggers: [
      state(
        'xe has no enable_guc',
        'panther-lake',
        all(modprobe('options xe enable_guc=3'), ran('update-initramfs', '-u', '-k', 'all'), rebooted),
      ),
    ],
    clear: [
      state('what i915 says of VFs is another matter', 'raptor-lake-p', logs("i915: unknown parameter 'max_vfs' ignored")),
      state('nothing said', 'panther-lake'),
    ],
  },
  'leftover.own-files': {
    triggers: [
      changed('our state is lost', state('GVT-g was set up', 'comet-lake', SET_UP), (ground) => ({
        ...ground,
        desired: known(NOTHING_DESIRED),
      })),
    ],
    clear: [
      state('the mode is asked for', 'comet-lake', SET_UP),
      state('the mode was taken back', 'comet-lake', all(SET_UP, applied('host'), rebooted)),
      state('never used', 'comet-lake'),
    ],
  },
  'leftover.lines-still-off': {
    triggers: [state('a line was forgotten', 'comet-lake', modprobe('# pveigpu: blacklist i915'))],
    clear: [
      state('a comment of somebody else', 'comet-lake', modprobe('# blacklist i915')),
      state('taken back', 'comet-lake', all(modprobe('blacklist i915'), applied('gvt-g'), applied('host'))),
      state('off while the mode is asked for', 'comet-lake', all(modprobe('blacklist i915'), applied('gvt-g'))),
    ],
  },
};
