// SPDX-License-Identifier: AGPL-3.0-or-later
import { SimulatedMachine } from '../../../../src/simulator/host/simulated-machine.ts';
import { i915SriovDeb } from '../../../../src/simulator/packages/i915-sriov-deb.ts';
import type { Simulated } from '../../../app/simulated.ts';
import { all, logs } from '../acts.ts';
import { rebooted } from '../apply.ts';
import { profileOf, type StatesByFinding, state } from '../doctor-state.ts';

const SECURED = { ...profileOf('raptor-lake-s'), secureBoot: true };
const DEEP = { deep: true };
const KEY = '/var/lib/dkms/mok.pub';
const TAINT = 'i915: module verification failed: signature and/or required key missing - tainting kernel';

/** The keys of the firmware, and the certificate of DKMS as the firmware keeps it. */
function keys({ node }: Simulated) {
  const inside = node.machine;
  if (!(inside instanceof SimulatedMachine)) throw new Error('no simulated machine');
  return { list: inside.keys, certificate: (inside.tree.text(KEY) ?? '').trim() };
}

const enrol = (node: Simulated): void => {
  const { list, certificate } = keys(node);
  list.enrolled.add(certificate);
};

const handOver = (node: Simulated): void => {
  const { list, certificate } = keys(node);
  list.requested.set(certificate, '$6$x$y');
};

const removeMokutil = ({ node }: Simulated): void => {
  const { tree } = node.machine;
  const status = tree.text('/var/lib/dpkg/status') ?? '';
  tree.setFile(
    '/var/lib/dpkg/status',
    status.replace(/(Package: mokutil\nStatus: )install ok installed/, '$1deinstall ok config-files'),
  );
};

/** A build that could not be signed, as DKMS leaves it. */
function buildLog(line: string): (node: Simulated) => Promise<void> {
  const deb = '/root/driver.deb';
  return async (node) => {
    node.node.machine.tree.setFile(deb, i915SriovDeb('2026.05.06'));
    await node.run('apt-get', 'install', '-y', deb);
    const header = 'DKMS (dkms-3.2.2) make.log for i915-sriov-dkms/2026.05.06 for kernel 7.0.14-12-pve (x86_64)\n';
    node.node.machine.tree.setFile('/var/lib/dkms/i915-sriov-dkms/2026.05.06/build/make.log', `${header}${line}\n`);
  };
}

/** Machine states for the findings of the area `secure-boot`. */
export const SECURE_BOOT_STATES: StatesByFinding = {
  'secure-boot.module-rejected': {
    triggers: [
      state('the key was never handed over', SECURED),
      state('it was missed at the console', SECURED, all(handOver, rebooted)),
      state(
        'module.sig_enforce=1 without Secure Boot',
        'raptor-lake-s',
        logs('Loading of module with unavailable key is rejected'),
      ),
    ],
    clear: [
      state('Secure Boot is off', 'raptor-lake-s'),
      state('the key is enrolled', SECURED, all(enrol, rebooted)),
      state('no driver of DKMS', { ...profileOf('raptor-lake-s-untouched'), secureBoot: true }),
    ],
  },
  'secure-boot.key-not-enrolled': {
    triggers: [state('never handed over', SECURED, () => {}, DEEP)],
    clear: [
      state('enrolled', SECURED, enrol, DEEP),
      state('handed over', SECURED, handOver, DEEP),
      state('Secure Boot is off', 'raptor-lake-s', () => {}, DEEP),
      state('not looked at', SECURED),
    ],
  },
  'secure-boot.key-waits': {
    triggers: [state('handed over', SECURED, handOver, DEEP)],
    clear: [state('enrolled', SECURED, enrol, DEEP), state('never handed over', SECURED, () => {}, DEEP)],
  },
  'secure-boot.key-unusable': {
    triggers: [
      state('openssl cannot read it', 'raptor-lake-s-untouched', buildLog('- SSL error:1E08010C:DECODER routines::unsupported')),
    ],
    clear: [
      state('built and signed', 'raptor-lake-s'),
      state('it failed for another reason', 'raptor-lake-s-untouched', buildLog('/tmp/cc1: No space left on device')),
    ],
  },
  'secure-boot.no-mokutil': {
    triggers: [state('it was removed', SECURED, removeMokutil)],
    clear: [state('it is there', SECURED), state('Secure Boot is off', 'raptor-lake-s', removeMokutil)],
  },
  'secure-boot.taint-is-harmless': {
    triggers: [state('said at boot', 'raptor-lake-s', logs(TAINT))],
    clear: [state('Secure Boot is on', SECURED, logs(TAINT)), state('not said', 'raptor-lake-s')],
  },
};
