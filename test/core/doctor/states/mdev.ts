// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Simulated } from '../../../app/simulated.ts';
import { addLine, all } from '../acts.ts';
import { changed, profileOf, type StatesByFinding, state, withSection } from '../doctor-state.ts';
import { mapping, setKeys } from '../slice-acts.ts';

const TYPES = '/sys/bus/pci/devices/0000:00:02.0/mdev_supported_types';
const MDEV = addLine(100, 'hostpci0: 0000:00:02.0,mdev=i915-GVTg_V5_4');
const OFFERED = state('GVT-g is set up', 'coffee-lake', MDEV);
const OF_SLOT = 'id=8086:3e92,iommugroup=1,node=pve,path=0000:00:02.0';

/** A mediated device with the id that PVE gives, made by nobody who still knows of it. */
function leave(uuid: string): (node: Simulated) => Promise<void> {
  return async ({ node }) => {
    const answer = await node.poke(`${TYPES}/i915-GVTg_V5_4/create`, uuid);
    if (answer.kind !== 'done') throw new Error(`not made: ${JSON.stringify(answer)}`);
  };
}

/** The machine with other options of i915 at its first boot. */
function withOptions(i915: { readonly [name: string]: string }) {
  return { ...profileOf('coffee-lake'), moduleOptions: { i915 } };
}

/** Machine states for the findings of the area `mdev`. */
export const MDEV_STATES: StatesByFinding = {
  'mdev.unsupported': {
    triggers: [state('a guest wants one of Gemini Lake', 'gemini-lake', MDEV)],
    clear: [state('Gemini Lake, and nobody wants one', 'gemini-lake'), OFFERED],
  },
  'mdev.no-module': {
    triggers: [
      changed('the kernel has no kvmgt', state('GVT-g is not set up', 'comet-lake', MDEV), (ground) =>
        withSection(ground, 'modules', (modules) => ({
          ...modules,
          modules: [
            ...modules.modules.filter(({ name }) => name !== 'kvmgt'),
            { name: 'kvmgt', loaded: false, origin: 'absent', parameters: {} },
          ],
        })),
      ),
    ],
    clear: [state('the kernel has it', 'comet-lake', MDEV), OFFERED],
  },
  'mdev.gpu-on-vfio': {
    triggers: [
      state('the GPU was set aside', 'coffee-lake', async (node) => {
        MDEV(node);
        const gpu = '/sys/bus/pci/devices/0000:00:02.0';
        await node.node.run(['modprobe', 'vfio-pci']);
        await node.node.poke(`${gpu}/driver/unbind`, '0000:00:02.0');
        await node.node.poke(`${gpu}/driver_override`, 'vfio-pci');
        await node.node.poke('/sys/bus/pci/drivers_probe', '0000:00:02.0');
      }),
    ],
    clear: [OFFERED],
  },
  'mdev.guc-on': {
    triggers: [state('enable_guc=3', withOptions({ enable_gvt: '1', enable_guc: '3' }), MDEV)],
    clear: [OFFERED, state('nobody wants one', withOptions({ enable_gvt: '1', enable_guc: '3' }))],
  },
  'mdev.no-i915': {
    triggers: [
      state('no driver has the GPU', 'coffee-lake', async (node) => {
        MDEV(node);
        await node.node.poke('/sys/bus/pci/devices/0000:00:02.0/driver/unbind', '0000:00:02.0');
      }),
    ],
    clear: [OFFERED],
  },
  'mdev.switched-off': {
    triggers: [state('i915 was not told', 'comet-lake', MDEV)],
    clear: [OFFERED, state('nobody wants one', 'comet-lake')],
  },
  'mdev.not-offered': {
    triggers: [
      state('not set up', 'comet-lake', MDEV),
      state('GuC submission is on', withOptions({ enable_gvt: '1', enable_guc: '3' }), MDEV),
    ],
    clear: [OFFERED, state('nobody wants one', 'comet-lake')],
  },
  'mdev.type-not-offered': {
    triggers: [state('a type of another generation', 'coffee-lake', addLine(100, 'hostpci0: 0000:00:02.0,mdev=i915-GVTg_V4_4'))],
    clear: [OFFERED],
  },
  'mdev.mapping-stale': {
    triggers: [
      state(
        'it is not marked for mediated devices as it should be',
        'comet-lake',
        all(mapping('igpu-mdev', [OF_SLOT], ['mdev 1']), setKeys(100, { hostpci0: 'mapping=igpu-mdev,mdev=i915-GVTg_V5_4' })),
      ),
    ],
    clear: [state('nobody uses it', 'comet-lake', mapping('old', [OF_SLOT], ['mdev 1']))],
  },
  'mdev.autostart-collision': {
    triggers: [
      state(
        'two that start at boot want all there is',
        'coffee-lake',
        all(MDEV, setKeys(101, { hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4', onboot: '1' })),
      ),
    ],
    clear: [
      state(
        'one of them starts by hand',
        'coffee-lake',
        all(MDEV, setKeys(101, { hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4', onboot: '0' })),
      ),
      OFFERED,
    ],
  },
  'mdev.leftover': {
    triggers: [
      state('of a VM that is not here', 'coffee-lake', leave('00000000-0000-0000-0000-000000000999')),
      state('of a VM that has no entry', 'coffee-lake', leave('00000000-0000-0000-0000-000000000101')),
      state(
        'of another type than the VM wants',
        'coffee-lake',
        all(setKeys(101, { hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_8' }), leave('00000000-0000-0000-0000-000000000101')),
      ),
    ],
    clear: [
      state('the VM runs', 'coffee-lake', async (node) => {
        MDEV(node);
        await node.must('qm', 'start', '100');
      }),
      state('somebody made it by hand', 'coffee-lake', leave('a297db4a-f4c2-11e6-90f6-d3b88d6c9525')),
    ],
  },
  'mdev.display-without-opengl': {
    triggers: [
      state(
        'args asks for a picture, and that is all',
        'coffee-lake',
        setKeys(101, { hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4', args: '-set device.hostpci0.display=on' }),
      ),
    ],
    clear: [
      state(
        'a display with OpenGL is there',
        'coffee-lake',
        setKeys(101, {
          hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4',
          args: '-set device.hostpci0.display=on -display egl-headless',
        }),
      ),
      OFFERED,
    ],
  },
  'mdev.display-without-node': {
    triggers: [
      changed(
        'the host has no render node',
        state(
          'a picture',
          'coffee-lake',
          setKeys(101, {
            hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4',
            args: '-set device.hostpci0.display=on -display egl-headless',
          }),
        ),
        (ground) =>
          withSection(ground, 'drm', (drm) => ({ ...drm, nodes: drm.nodes.filter(({ name }) => name !== 'renderD128') })),
      ),
    ],
    clear: [
      state(
        'the host has one',
        'coffee-lake',
        setKeys(101, {
          hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4',
          args: '-set device.hostpci0.display=on -display egl-headless',
        }),
      ),
    ],
  },
  'mdev.ovmf-without-picture': {
    triggers: [
      state(
        'a picture with OVMF and no ROM',
        'coffee-lake',
        setKeys(100, {
          hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4',
          args: '-set device.hostpci0.display=on -display egl-headless',
        }),
      ),
    ],
    clear: [
      state(
        'with a ROM',
        'coffee-lake',
        setKeys(100, {
          hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4,romfile=vbios_gvt_uefi.rom',
          args: '-set device.hostpci0.display=on -display egl-headless',
        }),
      ),
      OFFERED,
    ],
  },
  'mdev.windows-on-apollo-lake': {
    triggers: [state('Windows', 'apollo-lake', setKeys(102, { hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4' }))],
    clear: [
      state('Linux', 'apollo-lake', MDEV),
      state('Windows on another machine', 'coffee-lake', setKeys(102, { hostpci0: '0000:00:02.0,mdev=i915-GVTg_V5_4' })),
    ],
  },
};
