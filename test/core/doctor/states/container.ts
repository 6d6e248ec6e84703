// SPDX-License-Identifier: AGPL-3.0-or-later
import { all } from '../acts.ts';
import { changed, type StatesByFinding, state, withSection } from '../doctor-state.ts';
import { addToContainer, makeVfs } from '../slice-acts.ts';

const RIGHT = addToContainer('dev0: /dev/dri/renderD128,gid=992,mode=0660,uid=0');
const SHARED = state('the render node for the group render', 'jasper-lake', RIGHT);
const HAND = addToContainer(
  'lxc.cgroup2.devices.allow: c 226:128 rwm',
  'lxc.mount.entry: /dev/dri/renderD128 dev/dri/renderD128 none bind,optional,create=file',
);

/** Machine states for the findings of the area `container`. */
export const CONTAINER_STATES: StatesByFinding = {
  'container.gpu-given-away': {
    triggers: [
      state(
        'the GPU is on vfio-pci',
        'jasper-lake',
        all(RIGHT, async ({ node }) => {
          await node.run(['modprobe', 'vfio-pci']);
          await node.poke('/sys/bus/pci/devices/0000:00:02.0/driver/unbind', '0000:00:02.0');
          await node.poke('/sys/bus/pci/devices/0000:00:02.0/driver_override', 'vfio-pci');
          await node.poke('/sys/bus/pci/drivers_probe', '0000:00:02.0');
        }),
      ),
    ],
    clear: [SHARED],
  },
  'container.node-gone': {
    triggers: [state('the node has another number', 'jasper-lake', addToContainer('dev0: /dev/dri/renderD129,gid=992'))],
    clear: [SHARED],
  },
  'container.vf-node': {
    triggers: [
      state(
        'it names that of a VF',
        'raptor-lake-s',
        all(makeVfs(1, { onHost: true }), addToContainer('dev0: /dev/dri/renderD129,gid=992')),
      ),
    ],
    clear: [state('it names that of the GPU', 'raptor-lake-s', all(makeVfs(1, { onHost: true }), RIGHT))],
  },
  'container.other-gpu': {
    triggers: [
      changed('another card took the number', SHARED, (ground) =>
        withSection(ground, 'drm', (drm) => ({
          ...drm,
          nodes: drm.nodes.map((node) =>
            node.name === 'renderD128' ? { ...node, pci: '0000:01:00.0' as typeof node.pci } : node,
          ),
        })),
      ),
    ],
    clear: [SHARED],
  },
  'container.gid-unmapped': {
    triggers: [
      state(
        'its id map ends before',
        'jasper-lake',
        all(RIGHT, addToContainer('lxc.idmap: u 0 100000 65536', 'lxc.idmap: g 0 100000 992', 'lxc.idmap: g 993 100993 64543')),
      ),
    ],
    clear: [SHARED],
  },
  'container.group': {
    triggers: [
      state('for root alone, as the web interface makes it', 'jasper-lake', addToContainer('dev0: /dev/dri/renderD128')),
      state('for the number that the group has on the host', 'jasper-lake', addToContainer('dev0: /dev/dri/renderD128,gid=993')),
    ],
    clear: [SHARED, state('for everybody', 'jasper-lake', addToContainer('dev0: /dev/dri/renderD128,mode=0666'))],
  },
  'container.mount-gone': {
    triggers: [
      state(
        'the node is not there',
        'jasper-lake',
        addToContainer('lxc.mount.entry: /dev/dri/renderD129 dev/dri/renderD129 none bind,create=file'),
      ),
    ],
    clear: [state('the node is there', 'jasper-lake', HAND)],
  },
  'container.number-changed': {
    triggers: [
      state(
        'the rule is for another node',
        'jasper-lake',
        addToContainer(
          'lxc.cgroup2.devices.allow: c 226:129 rwm',
          'lxc.mount.entry: /dev/dri/renderD128 dev/dri/renderD128 none bind,optional,create=file',
        ),
      ),
    ],
    clear: [state('the rule is for this node', 'jasper-lake', HAND)],
  },
  'container.raw-lines': {
    triggers: [state('as the guides write it', 'jasper-lake', HAND)],
    clear: [SHARED],
  },
};
