// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mode } from '../gpu/verdict.ts';
import { wantGvtd } from './want-gvtd.ts';
import { wantGvtg } from './want-gvtg.ts';
import { wantHost } from './want-host.ts';
import { wantSriov } from './want-sriov.ts';
import type { SetupCase, Wanted } from './wanted.ts';

/** What each mode wants of the host's configuration. A new mode is a file and a line here. */
const WANTS: { readonly [M in Mode]: (gpu: SetupCase) => Wanted } = {
  host: wantHost,
  sriov: wantSriov,
  'gvt-g': wantGvtg,
  'gvt-d': wantGvtd,
};

/** What one GPU wants in its mode. */
export function wantedOf(gpu: SetupCase): Wanted {
  return WANTS[gpu.mode](gpu);
}
