// SPDX-License-Identifier: AGPL-3.0-or-later
import { installArgv } from '../../../../src/core/plan/host-argv.ts';
import { i915SriovDeb } from '../../../../src/simulator/packages/i915-sriov-deb.ts';
import { placeSources } from '../../../../src/simulator/packages/sources.ts';
import type { Simulated } from '../../../app/simulated.ts';
import { capture as capture10 } from '../../../fixtures/captures/10-adln-46d1-dkms-wrong-kernel.ts';
import { capture as capture22 } from '../../../fixtures/captures/22-glk-3185-unsupported.ts';
import { capture as capture25 } from '../../../fixtures/captures/25-rkl-pf-forced-code43.ts';
import { moduleOf } from '../../../support/facts.ts';
import { addLine, all, logs } from '../acts.ts';
import { applied, confirmed, file, rebooted } from '../apply.ts';
import { captured, changed, profileOf, type StatesByFinding, state, withSection } from '../doctor-state.ts';

const GPU = '0000:00:02.0';
const LVM = 'root=/dev/mapper/pve-root ro quiet';
const VF = addLine(100, 'hostpci0: 0000:00:02.1,pcie=1');
const DEB = '/root/driver.deb';
const VERSION = '2026.05.06';
const NEXT = '7.0.16-1-pve';
const raptor = (words: string) => ({ ...profileOf('raptor-lake-s'), cmdline: `${LVM} intel_iommu=on ${words}` });
const untouched = profileOf('raptor-lake-s-untouched');
/** The same machine with a kernel of 6.17, as before the upgrade to 7.0. */
const OLDER = { ...untouched, kernelRelease: '6.17.9-1-pve', otherKernels: [] };

/** Installs packages as apt does, whether that ends well or not. */
function apt(...names: readonly string[]): (node: Simulated) => Promise<void> {
  const packages = names.map((name) => (name.startsWith('/') ? { name, file: name } : { name }));
  return async (node) => void (await node.run(...installArgv(packages)));
}

/** Brings the package of a release and installs it. */
function withDriver(version = VERSION, options: Parameters<typeof i915SriovDeb>[1] = {}): (node: Simulated) => Promise<void> {
  return all(file(DEB, i915SriovDeb(version, options)), apt(DEB));
}

const headers = apt('proxmox-headers-7.0.14-12-pve');
const newKernel = apt(`proxmox-kernel-${NEXT}-signed`);

/** A later kernel changes a function, as in i915-sriov-dkms issues 151 and 196. */
const breakSource = ({ node }: Simulated): void => {
  const path = `/usr/src/i915-sriov-dkms-${VERSION}/drivers/gpu/drm/i915/display/intel_dp_mst.c`;
  const { tree } = node.machine;
  tree.setFile(path, (tree.text(path) ?? '').replace('bpp << 4)', 'bpp << 4, false)'));
};
const BROKEN_BUILD = all(headers, withDriver(), breakSource, apt(`proxmox-headers-${NEXT}`), newKernel);

const unbind = ({ node }: Simulated): void => {
  node.machine.kernel.write(`/sys/bus/pci/devices/${GPU}/driver/unbind`, GPU);
};

/** Takes a package out of dpkg's list, as `dpkg --remove` does. */
function removed(name: string): (node: Simulated) => void {
  return ({ node }) => {
    const { tree } = node.machine;
    const status = tree.text('/var/lib/dpkg/status') ?? '';
    tree.setFile(
      '/var/lib/dpkg/status',
      status.replace(new RegExp(`(Package: ${name}\\nStatus: )install ok installed`), '$1deinstall ok config-files'),
    );
  };
}

/** Machine states for the findings of the area `driver`. */
export const DRIVER_STATES: StatesByFinding = {
  'driver.no-sriov-for-gpu': {
    triggers: [
      state('somebody tried', 'rocket-lake', ({ node }) => {
        node.machine.kernel.write(`/sys/bus/pci/devices/${GPU}/sriov_numvfs`, '7');
      }),
    ],
    clear: [
      state('nobody tried', 'rocket-lake'),
      state('the GPU has some', 'raptor-lake-s', VF),
      state('only the driver is there', 'jasper-lake'),
    ],
  },
  'driver.none-for-kernel': {
    triggers: [
      state('a kernel after all releases', { ...profileOf('meteor-lake'), kernelRelease: '7.2.1-1-pve', otherKernels: [] }, VF),
    ],
    clear: [
      state('a kernel for which there is one', 'meteor-lake', VF),
      state('nobody wants VFs', { ...profileOf('meteor-lake'), kernelRelease: '7.2.1-1-pve', otherKernels: [] }),
    ],
  },
  'driver.not-bound': {
    triggers: [
      state('unbound by hand', 'raptor-lake-s', unbind),
      state('the host alone has it', 'gemini-lake', unbind),
      captured('10-adln-46d1-dkms-wrong-kernel', capture10),
    ],
    clear: [
      state('bound', 'raptor-lake-s'),
      state('a guest gets the whole GPU', 'comet-lake', all(applied('gvt-d'), rebooted, confirmed)),
    ],
  },
  'driver.probe-failed': {
    triggers: [
      state('said at boot', 'raptor-lake-s', all(unbind, logs(`i915 ${GPU}: probe with driver i915 failed with error -5`))),
    ],
    clear: [
      state('it came later', 'raptor-lake-s', logs(`i915 ${GPU}: probe with driver i915 failed with error -5`)),
      state(
        'a VF, which the host need not drive',
        'raptor-lake-s-by-hand',
        logs('i915 0000:00:02.1: Device initialization failed (-19)'),
      ),
    ],
  },
  'driver.xe-not-forced': {
    triggers: [
      state('the option is missing', { ...profileOf('alder-lake-n'), cmdline: `${LVM} intel_iommu=on module_blacklist=i915` }),
    ],
    clear: [state('it is given', 'alder-lake-n'), state('i915 has the GPU', 'raptor-lake-s-untouched')],
  },
  'driver.stock-loaded': {
    triggers: [
      state('built, and not booted since', 'raptor-lake-s-untouched', all(headers, withDriver()), { deep: true }),
      state('a guest wants a VF, and no driver was installed', 'raptor-lake-p', VF),
    ],
    clear: [
      state('the right one runs', 'raptor-lake-s'),
      state(
        'built and booted',
        'raptor-lake-s-untouched',
        all(
          headers,
          withDriver(),
          file('/etc/modprobe.d/vfs.conf', 'options i915 max_vfs=7 enable_guc=3\noptions xe force_probe=!a780\n'),
          rebooted,
        ),
      ),
      state('nobody wants VFs', 'raptor-lake-s-untouched'),
      state('the whole GPU is wanted', 'raptor-lake-s', all(applied('gvt-d'), rebooted, confirmed)),
    ],
  },
  'driver.dkms-not-built': {
    triggers: [state('installed without headers', 'raptor-lake-s-untouched', withDriver())],
    clear: [state('built', 'raptor-lake-s'), state('not installed', 'raptor-lake-s-untouched')],
  },
  'driver.dkms-other-kernel': {
    triggers: [
      state('a new kernel came without headers', 'raptor-lake-s-untouched', all(headers, withDriver(), newKernel, rebooted)),
    ],
    clear: [
      state('built', 'raptor-lake-s'),
      state(
        'the new kernel came with headers',
        'raptor-lake-s-untouched',
        all(headers, withDriver(), apt(`proxmox-headers-${NEXT}`), newKernel, rebooted),
      ),
    ],
  },
  'driver.wrong-release': {
    triggers: [
      state('an old release on a new kernel', OLDER, all(apt('proxmox-headers-6.17.9-1-pve'), withDriver('2025.07.22'))),
    ],
    clear: [
      state('the right one', OLDER, all(apt('proxmox-headers-6.17.9-1-pve'), withDriver())),
      state('built', 'raptor-lake-s'),
    ],
  },
  'driver.newer-base': {
    triggers: [captured('10-adln-46d1-dkms-wrong-kernel', capture10)],
    clear: [state('of the same kernel', 'raptor-lake-s')],
  },
  'driver.build-failed': {
    triggers: [state('a function takes other arguments', 'raptor-lake-s-untouched', BROKEN_BUILD)],
    clear: [state('built', 'raptor-lake-s'), state('only headers are missing', 'raptor-lake-s-untouched', withDriver())],
  },
  'driver.half-configured': {
    triggers: [
      state('a kernel whose driver could not be built', 'raptor-lake-s-untouched', BROKEN_BUILD),
      state(
        'the driver package itself',
        'raptor-lake-s-untouched',
        all(headers, withDriver(VERSION, { threeArgumentsBelow: [7, 1, 0], postinst: 'stops' })),
      ),
    ],
    clear: [state('all installed', 'raptor-lake-s')],
  },
  'driver.module-does-not-fit': {
    triggers: [state('said at boot', 'raptor-lake-s', logs('xe: Unknown symbol drm_gpuvm_init (err -2)'))],
    clear: [state('nothing said', 'raptor-lake-s')],
  },
  'driver.max-vfs-missing': {
    triggers: [state('half of a guide', raptor('i915.enable_guc=3 module_blacklist=xe'))],
    clear: [state('given', 'raptor-lake-s'), state('VFs exist', 'raptor-lake-s-by-hand')],
  },
  'driver.guc-off': {
    triggers: [state('an option of GVT-g', raptor('i915.enable_guc=0 i915.max_vfs=7 module_blacklist=xe'))],
    clear: [
      state('on', 'raptor-lake-s'),
      state('GVT-g wants it off', 'coffee-lake', file('/etc/modprobe.d/guc.conf', 'options i915 enable_guc=0\n')),
    ],
  },
  'driver.enable-guc-7': {
    triggers: [state('of a guide of 2022', raptor('i915.enable_guc=7 i915.max_vfs=7 module_blacklist=xe'))],
    clear: [state('3', 'raptor-lake-s')],
  },
  'driver.xe-has-no-sriov': {
    triggers: [state('a guest wants a VF', 'arrow-lake-xe', VF)],
    clear: [state('nobody wants VFs', 'arrow-lake-xe'), state('xe has it', 'alder-lake-n', VF)],
  },
  'driver.firmware-missing': {
    triggers: [
      state(
        'said at boot',
        'raptor-lake-s',
        logs(`i915 ${GPU}: [drm] *ERROR* GT0: GuC firmware i915/adlp_guc_70.bin: fetch failed -ENOENT`),
      ),
      state('of xe', 'alder-lake-n', logs(`xe ${GPU}: Direct firmware load for xe/adlp_guc_70.bin failed with error -2`)),
    ],
    clear: [
      state('loaded', 'raptor-lake-s', logs(`i915 ${GPU}: [drm] GT0: GuC firmware i915/tgl_guc_70.bin version 70.44.1`)),
      state(
        'only that of the display',
        'raptor-lake-s',
        logs(`i915 ${GPU}: Direct firmware load for i915/adls_dmc_ver2_01.bin failed with error -2`),
      ),
    ],
  },
  'driver.huc-firmware-missing': {
    triggers: [
      state('said at boot', 'raptor-lake-s', logs(`i915 ${GPU}: Direct firmware load for i915/tgl_huc.bin failed with error -2`)),
    ],
    clear: [state('loaded', 'raptor-lake-s')],
  },
  'driver.dmc-firmware-missing': {
    triggers: [
      state(
        'said at boot',
        'raptor-lake-s',
        logs(`i915 ${GPU}: Direct firmware load for i915/adls_dmc_ver2_01.bin failed with error -2`),
      ),
    ],
    clear: [
      state('loaded', 'raptor-lake-s'),
      state(
        'only that of the GuC',
        'raptor-lake-s',
        logs(`i915 ${GPU}: Direct firmware load for i915/tgl_guc_70.bin failed with error -2`),
      ),
    ],
  },
  'driver.both-may-bind': {
    triggers: [state('xe is forced and i915 has the VFs', raptor('i915.enable_guc=3 i915.max_vfs=7 xe.force_probe=a780'))],
    clear: [
      state('xe is kept away', 'raptor-lake-s'),
      state('xe takes the GPU only when forced', raptor('i915.enable_guc=3 i915.max_vfs=7')),
      state('i915 is kept away', 'alder-lake-n', VF),
      state('i915 does not know the GPU', 'panther-lake', VF),
    ],
  },
  'driver.flag-withdrawn': {
    triggers: [
      changed('xe of an old release on Arrow Lake', state('a guest wants a VF', 'arrow-lake-xe', VF), (ground) =>
        withSection(
          withSection(ground, 'pci', (pci) => ({
            ...pci,
            displays: pci.displays.map((one) =>
              one.sriov === undefined ? one : { ...one, sriov: { ...one.sriov, totalVfs: 7 } },
            ),
          })),
          'modules',
          (modules) => ({
            ...modules,
            modules: modules.modules.map((one) =>
              one.name === 'xe' ? moduleOf('xe', { ...one, origin: 'dkms', taint: 'OE' }) : one,
            ),
            dkms: [{ name: 'i915-sriov-dkms', version: '2025.10.09', kernels: ['7.0.14-12-pve'] }],
          }),
        ),
      ),
    ],
    clear: [state('i915 of the current one', 'arrow-lake', VF)],
  },
  'driver.forced-sriov': {
    triggers: [captured('25-rkl-pf-forced-code43', capture25)],
    clear: [state('as it should be', 'rocket-lake'), state('a GPU that has VFs', 'raptor-lake-s-by-hand')],
  },
  'driver.foreign': {
    triggers: [state('a backport of Intel', 'raptor-lake-s', file('/var/lib/dkms/intel-i915-dkms/1.25/source', ''))],
    clear: [
      state('none', 'raptor-lake-s'),
      state('of another device', 'raptor-lake-s', file('/var/lib/dkms/r8168/8.054/source', '')),
    ],
  },
  'driver.dkms-tool-missing': {
    triggers: [state('dkms was removed', 'raptor-lake-s', removed('dkms'))],
    clear: [state('all there', 'raptor-lake-s'), state('no driver of DKMS', 'raptor-lake-s-untouched')],
  },
  'driver.headers-not-followed': {
    triggers: [state('headers of one kernel only', 'raptor-lake-s')],
    clear: [
      state('they follow', 'raptor-lake-s', apt('proxmox-default-headers')),
      state('no driver of DKMS', 'raptor-lake-s-untouched'),
    ],
  },
  'driver.several-versions': {
    triggers: [state('the older one stayed', 'raptor-lake-s', file('/var/lib/dkms/i915-sriov-dkms/2025.12.10/source', ''))],
    clear: [state('one', 'raptor-lake-s')],
  },
  'driver.no-package-source': {
    triggers: [
      state(
        'enterprise without a subscription',
        'raptor-lake-s',
        ({ node }) => void placeSources(node.machine.tree, 'enterprise'),
      ),
    ],
    clear: [
      state('without a subscription', 'raptor-lake-s'),
      state('with one', 'raptor-lake-s', ({ node }) => {
        placeSources(node.machine.tree, 'enterprise');
        node.machine.tree.setFile('/etc/apt/auth.conf.d/pve.conf', 'machine enterprise.proxmox.com\n');
      }),
    ],
  },
  'driver.dkms-in-vain': {
    triggers: [state('on Jasper Lake', 'jasper-lake')],
    clear: [
      state('on Raptor Lake', 'raptor-lake-s'),
      captured('22-glk-3185-unsupported', { ...capture22, facts: { ...capture22.facts, modules: { state: 'not-sensed' } } }),
    ],
  },
  'driver.max-vfs-ignored': {
    triggers: [state('of a guide, without its driver', 'raptor-lake-p')],
    clear: [state('the driver knows it', 'raptor-lake-s'), state('not given', 'raptor-lake-s-untouched')],
  },
  'driver.xe-message-harmless': {
    triggers: [
      state(
        'i915 has the GPU',
        'raptor-lake-s-by-hand',
        logs(
          `xe ${GPU}: Your graphics device a780 is not officially supported\n               by xe driver in this kernel version.`,
        ),
      ),
    ],
    clear: [state('xe is kept away', 'raptor-lake-s'), state('xe has the GPU', 'panther-lake')],
  },
  'driver.dangerous-option-normal': {
    triggers: [state('VFs are set up', 'raptor-lake-s')],
    clear: [state('nothing set up', 'comet-lake')],
  },
};
