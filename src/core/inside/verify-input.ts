// SPDX-License-Identifier: AGPL-3.0-or-later
import type { InsideOutput } from './guest-exec.ts';
import type { InsideCase } from './inside-case.ts';

/** One entry of `/dev/dri` as `ls -ln` prints it. */
export interface DriNode {
  readonly name: string;
  /** As `ls` writes it, for example `crw-rw----`. */
  readonly mode: string;
  readonly gid: number;
}

/** What was asked inside a Linux guest for `--verify`; what was not asked is absent. */
export interface VerifyInput {
  readonly inside: InsideCase;
  readonly nodes: InsideOutput;
  /** The render node that was tried, and what is behind it. */
  readonly node?: DriNode;
  /** The last part of the link, for example `i915`. */
  readonly driver?: string;
  readonly log?: InsideOutput;
  readonly vainfo?: InsideOutput;
  readonly vaapiEncode?: InsideOutput;
  readonly qsvEncode?: InsideOutput;
  readonly engines?: InsideOutput;
  readonly opencl?: InsideOutput;
  /** Why a question got no answer, one for each. */
  readonly unanswered: readonly string[];
}

/** Reads `ls -ln /dev/dri`. */
export function parseDriNodes(text: string): readonly DriNode[] {
  return [...text.matchAll(/^(c[rwxsStT-]{9})[+.@]?\s+\d+\s+\d+\s+(\d+)\s.*\s((?:card|renderD)\d+)$/gm)].map(
    ([, mode = '', gid = '', name = '']) => ({ name, mode, gid: Number(gid) }),
  );
}
