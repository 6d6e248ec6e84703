// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Problem, type ProblemCode, problem } from '../../core/problem.ts';

/** A moment inside a program of the node at which the power may go. */
export interface ProgramPoint {
  /** The program or hook that writes, for example `update-grub` although `proxmox-boot-tool refresh` runs it. */
  readonly program: string;
  readonly path: string;
  /** Half of the file is written; otherwise the change of it is done. */
  readonly torn: boolean;
}

/** What a test may make go wrong. Operation names are those of the Host port. */
export interface Faults {
  /** The errno with which an operation on a path fails, or undefined to let it pass. */
  readonly errno?: (operation: string, path: string) => string | undefined;
  /** Called before each operation; what it throws ends the run there, as a power cut does. */
  readonly beforeOperation?: (operation: string, path: string) => void;
  /** Called in the middle and at the end of each write of a program; what it throws ends the run there, as a power cut does. */
  readonly insideProgram?: (point: ProgramPoint) => void;
  /** Told what is about to run; an answer is the message with which that kernel panics. */
  readonly panics?: (kernel: { readonly release: string; readonly cmdline: string }) => string | undefined;
}

/** The problem of a write that failed with an errno, in the codes of the Host port. */
export function writeProblem(operation: string, path: string, errno: string): { readonly ok: false; readonly problem: Problem } {
  const code: ProblemCode = errno === 'EROFS' ? 'host.read-only' : 'host.write';
  return problem(code, `${path} could not be changed (${operation}: ${errno}).`, {
    where: path,
    hint: HINTS[errno] ?? 'See the kernel log.',
  });
}

const HINTS: { readonly [errno: string]: string } = {
  ENOSPC: 'Free some space on that file system.',
  EROFS: 'The file system is mounted read-only.',
  ENOENT: 'Its directory does not exist.',
  EACCES: 'In /etc/pve this means that the cluster has no quorum.',
};
