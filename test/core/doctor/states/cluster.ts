// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Simulated } from '../../../app/simulated.ts';
import { addLine, all } from '../acts.ts';
import { changed, type StatesByFinding, state, withSection } from '../doctor-state.ts';

const HOOKED = addLine(101, 'hookscript: local:snippets/mine.sh');
const MAPPED = addLine(100, 'hostpci0: mapping=igpu-vf,pcie=1');
const VF = 'id=8086:a780,iommugroup=18,node=pve,path=0000:00:02.1,subsystem-id=1458:d000';

function script(mode: number): (node: Simulated) => void {
  return (node) => void node.node.machine.tree.setFile('/var/lib/vz/snippets/mine.sh', '#!/bin/sh\n', { mode });
}

function mapping(...lines: readonly string[]): (node: Simulated) => void {
  return (node) =>
    void node.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', `igpu-vf\n${lines.map((line) => `\t${line}\n`).join('')}\n`);
}

/** A guest of the node `other`. */
function stranger(...lines: readonly string[]): (node: Simulated) => void {
  return (node) =>
    void node.node.machine.tree.setFile(
      '/etc/pve/nodes/other/qemu-server/300.conf',
      `${lines.map((line) => `${line}\n`).join('')}memory: 2048\n`,
    );
}

const noQuorum = (node: Simulated) => {
  node.node.machine.quorate = false;
};
const vfs = (node: Simulated) => void node.node.machine.write('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '7');
const unmounted = (node: Simulated) => {
  node.node.machine.tree.remove('/etc/pve');
  node.node.machine.tree.setDirectory('/etc/pve');
};
const IN_CLUSTER = (from: ReturnType<typeof state>) =>
  changed(from.name, from, (ground) => withSection(ground, 'pve', (pve) => ({ ...pve, nodes: ['pve', 'other'] })));

/** Machine states for the findings of the area `cluster`. */
export const CLUSTER_STATES: StatesByFinding = {
  'cluster.config-not-mounted': {
    triggers: [state('pmxcfs does not run', 'raptor-lake-s', unmounted)],
    clear: [state('it is mounted', 'raptor-lake-s'), state('it is mounted, without quorum', 'raptor-lake-s', noQuorum)],
  },
  'cluster.no-quorum': {
    triggers: [state('the other nodes are gone', 'raptor-lake-s', noQuorum)],
    clear: [state('a node alone', 'raptor-lake-s')],
  },
  'cluster.hookscript-of-other-node': {
    triggers: [state('it is not here', 'raptor-lake-s', stranger('hookscript: local:snippets/mine.sh'))],
    clear: [
      state('it is here', 'raptor-lake-s', all(stranger('hookscript: local:snippets/mine.sh'), script(0o755))),
      state('a guest of this node misses it too', 'raptor-lake-s', all(HOOKED, stranger('hookscript: local:snippets/mine.sh'))),
    ],
  },
  'cluster.rom-of-other-node': {
    triggers: [state('it is not here', 'raptor-lake-s', stranger('hostpci0: 0000:00:02.0,romfile=igd.rom'))],
    clear: [
      state(
        'it is here',
        'raptor-lake-s',
        all(
          stranger('hostpci0: 0000:00:02.0,romfile=igd.rom'),
          (node) => void node.node.machine.tree.setFile('/usr/share/kvm/igd.rom', 'x'),
        ),
      ),
      state('the other guest has none', 'raptor-lake-s', stranger('hostpci0: 0000:00:02.0')),
    ],
  },
  'cluster.mapping-on-one-node': {
    triggers: [IN_CLUSTER(state('two nodes, devices on one', 'raptor-lake-s', all(vfs, MAPPED, mapping(`map ${VF}`))))],
    clear: [
      state('a node alone', 'raptor-lake-s', all(vfs, MAPPED, mapping(`map ${VF}`))),
      IN_CLUSTER(
        state(
          'both nodes have some',
          'raptor-lake-s',
          all(vfs, MAPPED, mapping(`map ${VF}`, `map ${VF.replace('node=pve', 'node=other')}`)),
        ),
      ),
    ],
  },
};
