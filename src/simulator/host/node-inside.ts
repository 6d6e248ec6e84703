// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { RunOptions, RunOutput } from '../../ports/host.ts';
import type { Outcome } from '../kernel/state.ts';
import type { Profile } from '../profile.ts';

/** What the Host port of a simulated node needs of it. */
export interface NodeInside {
  readonly profile: Profile;
  readonly tree: FileTree;
  readonly quorate: boolean;
  /** Free bytes where a path lies, undefined on the root file system, which has room. */
  freeBytes(path: string): number | undefined;
  write(path: string, value: string): Outcome;
  readHangs(path: string): boolean;
  run(argv: readonly string[], options: RunOptions): Promise<RunOutput>;
}
