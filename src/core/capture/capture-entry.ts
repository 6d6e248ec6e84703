// SPDX-License-Identifier: AGPL-3.0-or-later

/** What `stat` said of a path, kept only where somebody asked. */
export interface CapturedStat {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
}

/** A file: its content (text where it is valid UTF-8, else bytes), why it could not be read, or neither when nobody read it. */
export interface CapturedFile {
  readonly kind: 'file';
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly unreadable?: string;
  readonly stat?: CapturedStat;
}

/** A directory. With `names` it was listed in full: what they do not name is absent. */
export interface CapturedDirectory {
  readonly kind: 'directory';
  readonly path: string;
  readonly names?: readonly string[];
  readonly unreadable?: string;
  readonly stat?: CapturedStat;
}

export interface CapturedLink {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

export interface CapturedDevice {
  readonly kind: 'char' | 'block';
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  readonly stat: CapturedStat;
}

export interface CapturedPipe {
  readonly kind: 'fifo' | 'socket';
  readonly path: string;
  readonly stat: CapturedStat;
}

/** A path that was looked for and is not there. */
export interface CapturedAbsence {
  readonly kind: 'absent';
  readonly path: string;
}

/** Free bytes of the file system at a path. */
export interface CapturedSpace {
  readonly kind: 'free';
  readonly path: string;
  readonly bytes: number;
}

/** A command that was run, with its output or why it did not run. */
export interface CapturedCommand {
  readonly kind: 'command';
  readonly argv: readonly [string, ...string[]];
  readonly answer:
    | { readonly exitCode: number; readonly stdout: string; readonly stderr: string }
    | { readonly failed: 'host.run' | 'host.timeout' | 'host.unsupported'; readonly message: string };
}

/** What stands at one path of the machine. */
export type CapturedNode = CapturedFile | CapturedDirectory | CapturedLink | CapturedDevice | CapturedPipe | CapturedAbsence;

/** What is really there at a path. */
export type PresentNode = Exclude<CapturedNode, CapturedAbsence>;

export type CaptureEntry = CapturedNode | CapturedSpace | CapturedCommand;

/** The raw texts and command outputs of one machine. At most one node a path; paths are absolute, without links, `.` and `..`. */
export interface Capture {
  readonly entries: readonly CaptureEntry[];
}

/** The first line of every capture; the number is that of the format. */
export const CAPTURE_FORMAT = 1;
export const CAPTURE_TITLE = 'pveigpu capture, format ';
