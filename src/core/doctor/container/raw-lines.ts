// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import { handLines, MOUNT_KEY } from '../../container/hand-lines.ts';
import type { DrmFacts, DrmNode } from '../../facts/drm-facts.ts';
import type { Guest } from '../../facts/guest-facts.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Outcome, Trouble } from '../finding.ts';
import { withKnown } from '../known-sections.ts';

/** A raw line mounts a node that is not there: without `optional` the container does not start, with it there is no GPU in it. */
export const mountGone: FindingRule = rawRule(
  {
    id: 'container.mount-gone',
    severity: 'error',
    title: 'A raw line of a container mounts a node that is not there',
    reference: 'https://pve.proxmox.com/pve-docs/pct.conf.5.html',
    follows: ['container.gpu-given-away', 'firmware.gpu-hidden'],
  },
  (guest, drm) =>
    mounts(guest).flatMap(({ line, path, options }): readonly Found[] => {
      if (!/^\/dev\/dri\/(?:card|renderD)\d+$/.test(path) || nodeAt(drm, path) !== undefined) return [];
      const effect = options.includes('optional') ? 'the container runs without it' : 'the container does not start';
      return [{ because: `${guestName(guest)} mounts ${path}, which does not exist now, and ${effect}.`, line }];
    }),
);

/** The device rule allows another number than the node has: the kernel refuses what the container opens. */
export const numberChanged: FindingRule = rawRule(
  {
    id: 'container.number-changed',
    severity: 'error',
    title: 'The device rule of a container names another number than the node has',
    reference: 'https://github.com/community-scripts/ProxmoxVE/issues/6523',
    follows: ['container.mount-gone'],
  },
  (guest, drm) => {
    const rules = handLines(guest).rules.map((line) => /c\s+226:(\d+|\*)/.exec(line)?.[1]);
    if (rules.length === 0 || rules.includes('*')) return [];
    return mounts(guest).flatMap(({ line, path }): readonly Found[] => {
      const node = nodeAt(drm, path);
      if (node === undefined || rules.includes(String(node.minor))) return [];
      const because = `${guestName(guest)} mounts ${path}, which is 226:${node.minor} now, and its device rules allow only 226:${rules.join(', 226:')}.`;
      return [{ because, line }];
    });
  },
);

/** Raw lines work until numbers change, and PVE knows nothing of them. */
export const handMade: FindingRule = rawRule(
  {
    id: 'container.raw-lines',
    severity: 'advice',
    title: 'A container has the GPU by raw lines',
    reference: 'https://pve.proxmox.com/pve-docs/pct.conf.5.html',
    follows: ['container.mount-gone', 'container.number-changed'],
  },
  (guest) => {
    const [first] = mounts(guest);
    if (first === undefined) return [];
    const because = `${guestName(guest)} has the GPU by raw lxc lines, which break when the numbers of the nodes change and give it to a group of the host.`;
    return [{ because, line: first.line }];
  },
);

interface Found {
  readonly because: string;
  readonly line: string;
}

interface Mount {
  readonly line: string;
  readonly path: string;
  readonly options: string;
}

/** The raw mounts of `/dev/dri` in a container: `lxc.mount.entry: SOURCE TARGET TYPE OPTIONS DUMP PASS`. */
function mounts(guest: Guest): readonly Mount[] {
  return handLines(guest).mounts.map((line) => {
    const [path = '', , , options = ''] = line.slice(`${MOUNT_KEY}: `.length).trim().split(/\s+/);
    return { line, path, options };
  });
}

function nodeAt({ nodes }: DrmFacts, path: string): DrmNode | undefined {
  return nodes.find((node) => node.path === path);
}

function rawRule(rule: Omit<FindingRule, 'examine'>, look: (guest: Guest, drm: DrmFacts) => readonly Found[]): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['drm', 'guests'], ({ drm }) =>
        ownGuests(ground.facts)
          .filter(({ kind }) => kind === 'lxc')
          .flatMap((guest) => look(guest, drm).map((found): Outcome => troubleOf(guest, found))),
      ),
  };
}

function troubleOf(guest: Guest, { because, line }: Found): Trouble {
  const evidence: Evidence = { source: `/etc/pve/lxc/${guest.vmid}.conf`, value: visible(line, 160) };
  return {
    state: 'problem',
    subject: guestName(guest),
    because: visible(because, 400),
    evidence: [evidence],
    remedy: {
      text: 'Let Proxmox VE make the node in the container; what the lines give is taken over.',
      fix: { kind: 'assign', vmid: guest.vmid, options: ['--convert'] },
    },
  };
}
