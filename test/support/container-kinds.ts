// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Profile } from '../../src/simulator/profile.ts';
import { DISTRIBUTIONS, type Distribution } from '../core/container/group-files.ts';

/** A container of one distribution. */
export interface ContainerKind extends Distribution {
  readonly ctid: number;
  readonly unprivileged: boolean;
  /** As people say it: `Debian 12, unprivileged`. */
  readonly title: string;
}

/** Each of the five distributions, unprivileged and privileged, from container 300 on. */
export const CONTAINER_KINDS: readonly ContainerKind[] = DISTRIBUTIONS.flatMap((one) =>
  [true, false].map((unprivileged) => ({ ...one, unprivileged })),
).map((kind, at) => ({ ...kind, ctid: 300 + at, title: `${kind.name}, ${kind.unprivileged ? 'unprivileged' : 'privileged'}` }));

/** A machine that has these containers and no others. */
export function withContainers(profile: Profile, kinds: readonly ContainerKind[]): Profile {
  return {
    ...profile,
    containers: Object.fromEntries(kinds.map(({ ctid, ...kind }) => [ctid, config(kind)])),
    containerGroups: Object.fromEntries(kinds.map(({ ctid, groups }) => [ctid, groups])),
  };
}

function config({ ostype, unprivileged }: Pick<ContainerKind, 'ostype' | 'unprivileged'>): string {
  return `arch: amd64\nhostname: media\nmemory: 512\nostype: ${ostype}\nrootfs: local-lvm:vm-300-disk-0,size=8G\n${unprivileged ? 'unprivileged: 1\n' : ''}`;
}
