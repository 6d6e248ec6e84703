// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Simulated } from '../../../app/simulated.ts';
import { addLine, all, logs } from '../acts.ts';
import { type StatesByFinding, state } from '../doctor-state.ts';
import { asked, file, makeVfs, mapping, override, setKeys, startTask, vfEntry } from '../slice-acts.ts';

const VF = '0000:00:02.1,pcie=1';
const PINNED = setKeys(100, { hostpci0: VF });
const WITH_VF = state('a VF', 'raptor-lake-s', all(makeVfs(3), override('0000:00:02.1', 'vfio-pci'), PINNED));
const POOL = async (node: Simulated) => {
  await makeVfs(3)(node);
  mapping('igpu-vf', [await vfEntry(node, '0000:00:02.1')])(node);
};
const LEGACY = { hostpci0: '0000:00:02.0,legacy-igd=1', vga: 'none', machine: 'pc' };
// https://github.com/strongtz/i915-sriov-dkms/issues/321
const GROUP = `kvm: -device vfio-pci,host=0000:00:02.1,id=hostpci0,bus=ich9-pcie-port-1,addr=0x0: vfio 0000:00:02.1: error getting device from group 16: Permission denied
Verify all devices in group 16 are bound to vfio-<bus> or pci-stub and not already in use
TASK ERROR: start failed: QEMU exited with code 1
`;
const STORAGE = "TASK ERROR: storage 'nas' is not online\n";
const HOOK = { hookscript: 'local:snippets/gpu.pl' };

/** What we noted of VM 101 when we assigned something. */
function noted(keys: { readonly [key: string]: string }): (node: Simulated) => void {
  const entries = Object.entries(keys).map(([key, value]) => [key, { before: null, value }]);
  const ledger = {
    format: 1,
    lastRun: 1,
    files: {},
    guests: { '101': { kind: 'qemu', keys: Object.fromEntries(entries) } },
    pools: {},
    packages: {},
    units: {},
  };
  return file('/var/lib/pveigpu/ledger.json', `${JSON.stringify(ledger)}\n`);
}

/** Machine states for the findings of the area `guest`. */
export const GUEST_STATES: StatesByFinding = {
  'guest.passes-whole-gpu': {
    triggers: [
      state('while another has a VF', 'raptor-lake-s', all(makeVfs(3), PINNED, setKeys(101, { hostpci0: '0000:00:02.0' }))),
      state('all functions of the slot', 'raptor-lake-s', all(makeVfs(3), setKeys(101, { hostpci0: '0000:00:02' }))),
    ],
    clear: [
      WITH_VF,
      state('nobody wants VFs', 'jasper-lake', setKeys(101, { hostpci0: '0000:00:02.0' })),
      state('it was asked for', 'raptor-lake-s', all(asked('gvt-d'), setKeys(101, { hostpci0: '0000:00:02.0' }))),
    ],
  },
  'guest.hostpci-contradiction': {
    triggers: [
      state('a device and a mapping', 'raptor-lake-s', setKeys(100, { hostpci0: '0000:00:02.1,mapping=igpu-vf' })),
      state('neither of them', 'raptor-lake-s', setKeys(100, { hostpci0: 'pcie=1' })),
      state('a mediated device of a slot', 'coffee-lake', setKeys(100, { hostpci0: '0000:00:02,mdev=i915-GVTg_V5_4' })),
    ],
    clear: [WITH_VF],
  },
  'guest.pcie-without-q35': {
    triggers: [state('on i440fx', 'raptor-lake-s', all(makeVfs(3), setKeys(103, { hostpci0: VF })))],
    clear: [WITH_VF],
  },
  'guest.named-twice': {
    triggers: [
      state('two entries for one VF', 'raptor-lake-s', all(makeVfs(3), setKeys(100, { hostpci0: VF, hostpci1: '00:02.1' }))),
    ],
    clear: [
      state('two VFs', 'raptor-lake-s', all(makeVfs(3), setKeys(100, { hostpci0: VF, hostpci1: '0000:00:02.2' }))),
      WITH_VF,
    ],
  },
  'guest.device-missing': {
    triggers: [state('the machine has no GPU there', 'no-igpu', setKeys(100, { hostpci0: '0000:00:02.0' }))],
    clear: [WITH_VF, state('a VF that does not exist now', 'raptor-lake-s', PINNED)],
  },
  'guest.mapping-missing': {
    triggers: [
      state('it does not exist', 'raptor-lake-s', setKeys(100, { hostpci0: 'mapping=igpu-vf' })),
      state(
        'it names another node only',
        'raptor-lake-s',
        all(mapping('igpu-vf', ['id=8086:a780,node=pve2,path=0000:00:02.1']), setKeys(100, { hostpci0: 'mapping=igpu-vf' })),
      ),
    ],
    clear: [state('it is there', 'raptor-lake-s', all(POOL, setKeys(100, { hostpci0: 'mapping=igpu-vf' })))],
  },
  'guest.slice-lost': {
    triggers: [state('the entry was removed', 'raptor-lake-s', noted({ hostpci0: VF }))],
    clear: [
      state('it is there', 'raptor-lake-s', all(makeVfs(3), setKeys(101, { hostpci0: VF }), noted({ hostpci0: VF }))),
      state('nothing was assigned', 'raptor-lake-s'),
    ],
  },
  'guest.options-lost': {
    triggers: [
      state(
        'legacy-igd',
        'coffee-lake',
        all(setKeys(101, { hostpci0: '0000:00:02.0' }), noted({ hostpci0: '0000:00:02.0,legacy-igd=1' })),
      ),
    ],
    clear: [
      state(
        'it is as it was',
        'coffee-lake',
        all(setKeys(101, { hostpci0: '0000:00:02.0,legacy-igd=1' }), noted({ hostpci0: '0000:00:02.0,legacy-igd=1' })),
      ),
    ],
  },
  'guest.legacy-igd': {
    triggers: [
      state('on q35', 'coffee-lake', setKeys(101, { ...LEGACY, machine: 'q35' })),
      state('vga is written in another way', 'coffee-lake', setKeys(101, { ...LEGACY, vga: 'type=none' })),
      state('with x-vga', 'coffee-lake', setKeys(101, { ...LEGACY, hostpci0: '0000:00:02.0,legacy-igd=1,x-vga=1' })),
    ],
    clear: [state('as PVE wants it', 'coffee-lake', setKeys(101, LEGACY)), WITH_VF],
  },
  'guest.vf-igd-options': {
    triggers: [
      state(
        'x-igd-opregion in args',
        'raptor-lake-s',
        all(makeVfs(3), setKeys(100, { hostpci0: VF, args: '-set device.hostpci0.x-igd-opregion=on' })),
      ),
      state('legacy-igd', 'raptor-lake-s', all(makeVfs(3), setKeys(100, { hostpci0: '0000:00:02.1,legacy-igd=1' }))),
    ],
    clear: [
      WITH_VF,
      state(
        'on the whole GPU',
        'jasper-lake',
        setKeys(101, { hostpci0: '0000:00:02.0', args: '-set device.hostpci0.x-igd-opregion=on' }),
      ),
    ],
  },
  'guest.args-without-device': {
    triggers: [state('the entry was taken out', 'coffee-lake', setKeys(101, { args: '-set device.hostpci0.x-igd-lpc=on' }))],
    clear: [
      state(
        'the entry is there',
        'coffee-lake',
        setKeys(101, { hostpci0: '0000:00:02.0', args: '-set device.hostpci0.x-igd-lpc=on' }),
      ),
    ],
  },
  'guest.args-device': {
    triggers: [
      state(
        'as guides write it',
        'raptor-lake-s',
        all(makeVfs(3), addLine(102, 'args: -device vfio-pci,host=0000:00:02.2,x-vga=on')),
      ),
    ],
    clear: [WITH_VF],
  },
  'guest.viommu': {
    triggers: [
      state(
        'a narrow machine',
        'alder-lake-n',
        all(
          setKeys(100, { hostpci0: '0000:00:02.1,pcie=1', machine: 'q35,viommu=intel' }),
          logs('[    0.03] DMAR: Host address width 39'),
        ),
      ),
    ],
    clear: [
      state('no IOMMU of its own', 'alder-lake-n', all(PINNED, logs('[    0.03] DMAR: Host address width 39'))),
      state(
        'a wide machine',
        'raptor-lake-s',
        all(setKeys(100, { hostpci0: VF, machine: 'q35,viommu=intel' }), logs('[    0.03] DMAR: Host address width 48')),
      ),
    ],
  },
  'guest.hookscript-missing': {
    triggers: [
      state('it is not there', 'raptor-lake-s', setKeys(100, HOOK)),
      state(
        'it may not be executed',
        'raptor-lake-s',
        all(setKeys(100, HOOK), file('/var/lib/vz/snippets/gpu.pl', '#!/bin/sh\n')),
      ),
    ],
    clear: [
      state('it is there', 'raptor-lake-s', all(setKeys(100, HOOK), file('/var/lib/vz/snippets/gpu.pl', '#!/bin/sh\n', 0o755))),
      state('no guest has one', 'raptor-lake-s'),
    ],
  },
  'guest.suspended': {
    triggers: [state('hibernated', 'raptor-lake-s', all(makeVfs(3), setKeys(100, { hostpci0: VF, lock: 'suspended' })))],
    clear: [WITH_VF, state('hibernated without a slice', 'raptor-lake-s', setKeys(100, { lock: 'suspended' }))],
  },
  'guest.live-migration-flag': {
    triggers: [
      state(
        'marked on a GPU that cannot',
        'raptor-lake-s',
        all(
          async (node) => {
            await makeVfs(3)(node);
            mapping('igpu-vf', [await vfEntry(node, '0000:00:02.1')], ['live-migration-capable 1'])(node);
          },
          setKeys(100, { hostpci0: 'mapping=igpu-vf' }),
        ),
      ),
    ],
    clear: [state('not marked', 'raptor-lake-s', all(POOL, setKeys(100, { hostpci0: 'mapping=igpu-vf' })))],
  },
  'guest.slice-shared': {
    triggers: [
      state(
        'both start at boot',
        'raptor-lake-s',
        all(makeVfs(3), PINNED, setKeys(101, { hostpci0: '0000:00:02.1', onboot: '1' })),
      ),
    ],
    clear: [
      state(
        'one starts by hand',
        'raptor-lake-s',
        all(makeVfs(3), PINNED, setKeys(101, { hostpci0: '0000:00:02.1', onboot: '0' })),
      ),
      state('two VFs', 'raptor-lake-s', all(makeVfs(3), PINNED, setKeys(101, { hostpci0: '0000:00:02.2', onboot: '1' }))),
    ],
  },
  'guest.backup-collision': {
    triggers: [
      state(
        'one starts by hand',
        'raptor-lake-s',
        all(makeVfs(3), PINNED, setKeys(101, { hostpci0: '0000:00:02.1', onboot: '0' })),
      ),
    ],
    clear: [
      state('two VFs', 'raptor-lake-s', all(makeVfs(3), PINNED, setKeys(101, { hostpci0: '0000:00:02.2', onboot: '0' }))),
      state(
        'both start at boot',
        'raptor-lake-s',
        all(makeVfs(3), PINNED, setKeys(101, { hostpci0: '0000:00:02.1', onboot: '1' })),
      ),
    ],
  },
  'guest.pool-too-small': {
    triggers: [
      state(
        'two guests and one VF',
        'raptor-lake-s',
        all(POOL, setKeys(100, { hostpci0: 'mapping=igpu-vf' }), setKeys(101, { hostpci0: 'mapping=igpu-vf', onboot: '1' })),
      ),
    ],
    clear: [
      state(
        'one of them starts by hand',
        'raptor-lake-s',
        all(POOL, setKeys(100, { hostpci0: 'mapping=igpu-vf' }), setKeys(101, { hostpci0: 'mapping=igpu-vf', onboot: '0' })),
      ),
    ],
  },
  'guest.start-failed': {
    triggers: [
      state('the log names the cause', 'raptor-lake-s', all(makeVfs(3), PINNED, startTask(100, GROUP))),
      state(
        'a container whose node was gone',
        'jasper-lake',
        startTask(200, 'TASK ERROR: Device /dev/dri/renderD129 does not exist\n', { type: 'vzstart' }),
      ),
      state('nobody knows why, and it has a slice', 'raptor-lake-s', all(makeVfs(3), PINNED, startTask(100, STORAGE))),
    ],
    clear: [
      state(
        'it was started since',
        'raptor-lake-s',
        all(makeVfs(3), PINNED, startTask(100, GROUP), startTask(100, 'TASK OK\n', { start: '695B7F80' })),
      ),
      state('it runs', 'raptor-lake-s', async (node) => {
        startTask(101, GROUP)(node);
        await node.must('qm', 'start', '101');
      }),
      state('it has nothing to do with graphics', 'raptor-lake-s', startTask(103, STORAGE)),
      state('long ago', 'raptor-lake-s', all(makeVfs(3), PINNED, startTask(100, GROUP, { start: '68000000' }))),
      state('of a guest that is gone', 'raptor-lake-s', startTask(999, GROUP)),
    ],
  },
  'guest.rejected-lines': {
    triggers: [state('a line of another tool', 'raptor-lake-s', all(makeVfs(3), PINNED, addLine(100, 'hostpci0 0000:00:02.1')))],
    clear: [WITH_VF],
  },
  'guest.pending-change': {
    triggers: [
      state('assigned while it runs', 'raptor-lake-s', async (node) => {
        await makeVfs(3)(node);
        await node.must('qm', 'start', '101');
        await node.must('qm', 'set', '101', '--hostpci0', VF);
      }),
    ],
    clear: [WITH_VF],
  },
  'guest.balloon': {
    triggers: [WITH_VF],
    clear: [
      state('no ballooning', 'raptor-lake-s', all(makeVfs(3), setKeys(100, { hostpci0: VF, balloon: '0' }))),
      state('no slice', 'raptor-lake-s'),
    ],
  },
  'guest.snapshot-with-ram': {
    triggers: [
      state(
        'taken before',
        'raptor-lake-s',
        all(makeVfs(3), PINNED, addLine(100, '', '[before]', 'memory: 8192', 'vmstate: local-lvm:vm-100-state-before')),
      ),
    ],
    clear: [state('without RAM', 'raptor-lake-s', all(makeVfs(3), PINNED, addLine(100, '', '[before]', 'memory: 8192')))],
  },
  'guest.code-43': {
    triggers: [
      state(
        'x-vga hides the hypervisor',
        'raptor-lake-s',
        all(makeVfs(3), setKeys(102, { hostpci0: '0000:00:02.1,pcie=1,x-vga=1' })),
      ),
      state('another processor', 'raptor-lake-s', all(makeVfs(3), setKeys(102, { hostpci0: VF, cpu: 'x86-64-v2-AES' }))),
    ],
    clear: [
      state('Windows as it should be', 'raptor-lake-s', all(makeVfs(3), setKeys(102, { hostpci0: VF }))),
      state('Linux', 'raptor-lake-s', all(makeVfs(3), setKeys(100, { hostpci0: '0000:00:02.1,pcie=1,x-vga=1' }))),
    ],
  },
  'guest.virgl-no-va-api': {
    triggers: [state('vga: virtio-gl', 'jasper-lake', setKeys(101, { vga: 'virtio-gl' }))],
    clear: [state('another display', 'jasper-lake')],
  },
};
