// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { FINE, type FindingRule } from '../finding.ts';

const REFERENCE = 'https://pve.proxmox.com/wiki/Proxmox_Cluster_File_System_(pmxcfs)';

/** Nothing of the guests can be read or written while pmxcfs does not run. */
export const CONFIG_NOT_MOUNTED: FindingRule = {
  id: 'cluster.config-not-mounted',
  severity: 'error',
  title: 'The cluster file system /etc/pve is not mounted',
  reference: REFERENCE,
  matters: true,
  examine: ({ facts }) => {
    const pve = ifKnown(facts.pve);
    if (pve === undefined || !pve.isProxmox || pve.quorate.state !== 'unknown') return FINE;
    const { reason } = pve.quorate;
    if (!/is not mounted/.test(reason))
      return { state: 'unmeasured', because: `Whether the node has quorum is not known: ${reason}.`, needs: 'root' };
    return {
      state: 'problem',
      because:
        'The configurations of all guests are missing, because /etc/pve is not mounted; no guest can be started or changed.',
      evidence: [{ source: '/etc/pve/.members', value: 'absent' }],
      remedy: { text: 'See why pve-cluster does not run: systemctl status pve-cluster, journalctl -u pve-cluster.' },
    };
  },
};

/** Without quorum /etc/pve is read-only, and PVE starts no guest. */
export const NO_QUORUM: FindingRule = {
  id: 'cluster.no-quorum',
  severity: 'error',
  title: 'The node has no quorum',
  reference: 'https://pve.proxmox.com/wiki/Cluster_Manager#_quorum',
  follows: ['cluster.config-not-mounted'],
  examine: ({ facts }) => {
    const pve = ifKnown(facts.pve);
    if (pve === undefined || pve.quorate.state !== 'known' || pve.quorate.value) return FINE;
    return {
      state: 'problem',
      because: 'The cluster has no quorum, so /etc/pve is read-only: no guest starts, and nothing can be assigned.',
      evidence: [
        { source: '/etc/pve/.members', value: 'quorate: 0' },
        { source: 'nodes of the cluster', value: pve.nodes.join(' ') },
      ],
      remedy: { text: 'Bring the other nodes or their network back; pvecm status says who is there.' },
    };
  },
};
