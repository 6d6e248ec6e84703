// SPDX-License-Identifier: AGPL-3.0-or-later
import { addLine, all, logs, withGpu } from '../acts.ts';
import { changed, type StatesByFinding, state, withSection } from '../doctor-state.ts';
import { asked, makeVfs, mapping, override, setKeys, vfEntry } from '../slice-acts.ts';

const PINNED = addLine(100, 'hostpci0: 0000:00:02.1,pcie=1');
const BOUND = all(makeVfs(3), override('0000:00:02.1', 'vfio-pci'), PINNED);
const GROUPED = (vf: string, others: readonly string[]) =>
  changed(`${vf} shares a group with ${others.join(' ')}`, state('VFs for guests', 'raptor-lake-s', BOUND), (ground) =>
    withSection(ground, 'pci', (pci) => ({
      ...pci,
      iommuGroups: pci.iommuGroups.map((group) =>
        (group.members as readonly string[]).includes(vf)
          ? { ...group, members: [...group.members, ...(others as typeof group.members)] }
          : { ...group, members: group.members.filter((bdf) => !others.includes(bdf)) },
      ),
    })),
  );
const STUCK = 'i915 0000:00:02.0: [drm] *ERROR* GT0: GUC: load failed: status = 0x400000A0, BootROM = 0x76';
const NO_SCREEN = withGpu('raptor-lake-s', (gpu) => ({ ...gpu, connectors: { 'HDMI-A-1': 'disconnected' } }));
const SCREEN = withGpu('raptor-lake-s', (gpu) => ({ ...gpu, connectors: { 'HDMI-A-1': 'connected' } }));

/** Machine states for the findings of the area `vf`. */
export const VF_STATES: StatesByFinding = {
  'vf.gone': {
    triggers: [
      state('a guest names one', 'raptor-lake-s', PINNED),
      state('they were asked for', 'raptor-lake-s', asked('sriov')),
    ],
    clear: [
      state('they exist', 'raptor-lake-s', BOUND),
      state('the driver is installed and nobody asked yet', 'raptor-lake-s'),
      state(
        'our hookscript makes the VF at the start',
        'raptor-lake-s',
        all(PINNED, addLine(100, 'hookscript: local:snippets/pveigpu-hook')),
      ),
    ],
  },
  'vf.fewer': {
    triggers: [state('three of seven', 'raptor-lake-s', all(makeVfs(3), asked('sriov', { numVfs: 7 })))],
    clear: [
      state('as many as asked for', 'raptor-lake-s', all(makeVfs(3), asked('sriov', { numVfs: 3 }))),
      state('somebody made some by hand', 'raptor-lake-s', makeVfs(3)),
    ],
  },
  'vf.gpu-on-vfio': {
    triggers: [
      state(
        'the GPU was set aside for a guest',
        'raptor-lake-s',
        all(PINNED, async ({ node }) => {
          await node.run(['modprobe', 'vfio-pci']);
          await node.poke('/sys/bus/pci/devices/0000:00:02.0/driver/unbind', '0000:00:02.0');
          await node.poke('/sys/bus/pci/devices/0000:00:02.0/driver_override', 'vfio-pci');
          await node.poke('/sys/bus/pci/drivers_probe', '0000:00:02.0');
        }),
      ),
    ],
    clear: [state('i915 has it', 'raptor-lake-s', PINNED)],
  },
  'vf.host-driver': {
    triggers: [state('a guest names one that i915 has', 'raptor-lake-s', all(makeVfs(3, { onHost: true }), PINNED))],
    clear: [
      state('bound for guests', 'raptor-lake-s', BOUND),
      state('no guest shall have one', 'raptor-lake-s', makeVfs(3, { onHost: true })),
    ],
  },
  'vf.open-on-host': {
    triggers: [
      state(
        'a media server has its node open',
        'raptor-lake-s',
        all(makeVfs(1, { onHost: true }), PINNED, ({ node }) => {
          node.machine.kernel.startProcess({ command: 'ffmpeg', argv: ['ffmpeg'], open: ['/dev/dri/renderD129'] });
        }),
      ),
    ],
    clear: [
      state(
        'it uses the node of the GPU itself',
        'raptor-lake-s',
        all(makeVfs(1, { onHost: true }), PINNED, ({ node }) => {
          node.machine.kernel.startProcess({ command: 'ffmpeg', argv: ['ffmpeg'], open: ['/dev/dri/renderD128'] });
        }),
      ),
    ],
  },
  'vf.group-with-gpu': {
    triggers: [GROUPED('0000:00:02.1', ['0000:00:02.0'])],
    clear: [state('groups of their own', 'raptor-lake-s', BOUND)],
  },
  'vf.group-shared': {
    triggers: [GROUPED('0000:00:02.1', ['0000:00:02.2', '0000:00:02.3'])],
    clear: [state('groups of their own', 'raptor-lake-s', BOUND)],
  },
  'vf.removal-open': {
    triggers: [
      state(
        'one is open while all are taken away',
        'raptor-lake-s',
        all(makeVfs(3), override('0000:00:02.1', 'vfio-pci'), (node) => void node.hangRemoval('0000:00:02.1')),
      ),
    ],
    clear: [state('VFs exist', 'raptor-lake-s', BOUND), state('none was made', 'raptor-lake-s')],
  },
  'vf.other-override': {
    triggers: [state('it was reserved for i915', 'raptor-lake-s', all(makeVfs(3), override('0000:00:02.1', 'i915'), PINNED))],
    clear: [state('it is reserved for vfio-pci', 'raptor-lake-s', BOUND)],
  },
  'vf.not-prepared': {
    triggers: [
      state(
        'PVE shall leave it alone, and nobody bound it',
        'raptor-lake-s',
        all(makeVfs(3), addLine(100, 'hostpci0: 0000:00:02.1,driver=keep')),
      ),
    ],
    clear: [
      state(
        'it was bound before',
        'raptor-lake-s',
        all(makeVfs(3), override('0000:00:02.1', 'vfio-pci'), addLine(100, 'hostpci0: 0000:00:02.1,driver=keep')),
      ),
      state('PVE binds it', 'raptor-lake-s', all(makeVfs(3), PINNED)),
    ],
  },
  'vf.pool-stale': {
    triggers: [
      state(
        'the groups were numbered anew',
        'raptor-lake-s',
        all(
          makeVfs(3),
          async (node) =>
            mapping('igpu-vf', [(await vfEntry(node, '0000:00:02.1')).replace(/iommugroup=\d+/, 'iommugroup=99')])(node),
          setKeys(100, { hostpci0: 'mapping=igpu-vf' }),
        ),
      ),
      state(
        'a VF of it is gone',
        'raptor-lake-s',
        all(
          makeVfs(3),
          async (node) => mapping('igpu-vf', [(await vfEntry(node, '0000:00:02.1')).replace('02.1', '02.5')])(node),
          setKeys(100, { hostpci0: 'mapping=igpu-vf' }),
        ),
      ),
    ],
    clear: [
      state(
        'all entries are true',
        'raptor-lake-s',
        all(
          makeVfs(3),
          async (node) => mapping('igpu-vf', [await vfEntry(node, '0000:00:02.1')])(node),
          setKeys(100, { hostpci0: 'mapping=igpu-vf' }),
        ),
      ),
      state('nobody uses it', 'raptor-lake-s', mapping('old', ['id=8086:a780,iommugroup=3,node=pve,path=0000:00:02.1'])),
    ],
  },
  'vf.guc-version': {
    triggers: [
      state(
        'a VF on the host says so',
        'raptor-lake-s',
        all(
          makeVfs(1, { onHost: true }),
          logs('i915 0000:00:02.1: [drm] *ERROR* GT0: IOV: Unable to confirm version 1.4 (0000000000000000)'),
        ),
      ),
    ],
    clear: [state('nothing is said', 'raptor-lake-s', makeVfs(1, { onHost: true }))],
  },
  'vf.state-not-saved': {
    triggers: [
      state(
        'said at a reset',
        'raptor-lake-s',
        all(BOUND, logs('i915 0000:00:02.0: [drm] *ERROR* GT0: IOV: Failed to save VF1 state (-EPROTO)')),
      ),
    ],
    clear: [state('nothing is said', 'raptor-lake-s', BOUND)],
  },
  'vf.count-refused': {
    triggers: [
      state(
        'another setting asked for seven',
        'raptor-lake-s',
        all(
          makeVfs(2),
          asked('sriov', { numVfs: 7 }),
          logs('i915 0000:00:02.0: 2 VFs already enabled. Disable before enabling 7 VFs'),
        ),
      ),
    ],
    clear: [
      state(
        'it was mended since',
        'raptor-lake-s',
        all(
          makeVfs(7),
          asked('sriov', { numVfs: 7 }),
          logs('i915 0000:00:02.0: 2 VFs already enabled. Disable before enabling 7 VFs'),
        ),
      ),
    ],
  },
  'vf.display-attached': {
    triggers: [state('a screen, and the firmware is refused', SCREEN, all(asked('sriov'), logs(STUCK)))],
    clear: [
      state('no screen', NO_SCREEN, all(asked('sriov'), logs(STUCK))),
      state('a screen, and all is well', SCREEN, asked('sriov')),
    ],
  },
};
