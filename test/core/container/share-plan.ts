// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest, GuestGround } from '../../../src/core/assign/assign-request.ts';
import { planAssignment } from '../../../src/core/assign/plan-assign.ts';
import { parseGroupFile } from '../../../src/core/container/group-file.ts';
import { known } from '../../../src/core/facts/section.ts';
import { configDigest } from '../../../src/core/guest/digest.ts';
import type { Plan } from '../../../src/core/plan/action.ts';
import { textToBase64 } from '../../../src/core/plan/file-image.ts';
import type { Result } from '../../../src/core/problem.ts';
import { groundOf, type NodeSpec } from '../assign/ground.ts';

/** An unprivileged container, before anybody touched it. */
export const PLAIN =
  'arch: amd64\nhostname: photos\nmemory: 512\nostype: debian\nrootfs: local-lvm:vm-200-disk-0,size=8G\nunprivileged: 1\n';

export interface ShareSpec extends NodeSpec {
  /** Container 200's configuration; default {@link PLAIN}. */
  readonly config?: string;
  /** Its `/etc/group`; absent where nobody can look. */
  readonly groups?: string;
}

/** What planners know of a node with container 200. */
export function shareGround({ config = PLAIN, groups, ...spec }: ShareSpec): GuestGround {
  const ground = groundOf({ ...spec, containers: { 200: config, ...spec.containers } }, 200);
  const image = { kind: 'file', base64: textToBase64(config), mode: 0o640, uid: 0, gid: 33 } as const;
  return {
    ...ground,
    digest: configDigest(config),
    containerFile: { path: '/etc/pve/nodes/pve/lxc/200.conf', image },
    ...(groups === undefined ? {} : { groups: known(parseGroupFile(groups)) }),
  };
}

/** The plan of `assign 200` on such a node. */
export function share(spec: ShareSpec, request: Partial<AssignRequest> = {}): Result<Plan> {
  return planAssignment(shareGround(spec), { vmid: 200, ...request });
}
