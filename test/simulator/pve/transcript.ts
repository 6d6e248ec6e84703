// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something done beside PVE: a file written or removed, a sysfs write, a guest that dies, a lock that another holds. */
export type Action =
  | { readonly write: string; readonly text: string; readonly mode?: string }
  | { readonly remove: string }
  | { readonly poke: string; readonly value: string }
  | { readonly kill: number; readonly qmeventd?: boolean }
  | { readonly hold: string }
  | { readonly release: string };

/** One call of the hook script as the recorded script wrote it down. */
export interface HookCall {
  readonly phase: string;
  readonly env: { readonly [name: string]: string };
  readonly pidfile?: boolean;
  readonly driver?: string;
  readonly reservations?: string;
}

/** What had changed after a step. */
export interface After {
  readonly vms?: { readonly [vmid: string]: string | null };
  readonly mapping?: string | null;
  readonly container?: string;
  readonly drivers?: { readonly [bdf: string]: string | null };
  readonly reservations?: string | null;
  readonly mdevs?: readonly string[];
  readonly hook?: readonly HookCall[];
}

export interface Step {
  readonly run?: readonly string[];
  readonly exit?: number;
  readonly out?: string;
  readonly err?: string;
  /** Only the beginning of standard error is kept. */
  readonly errStarts?: boolean;
  /** The digest of the step before is sent again. */
  readonly digest?: string;
  readonly call?: readonly [string, string];
  readonly user?: string;
  readonly parameters?: { readonly [name: string]: string };
  readonly status?: number;
  readonly reason?: string;
  readonly body?: unknown;
  readonly task?: { readonly type: string; readonly id: string; readonly exitStatus: string; readonly log: readonly string[] };
  readonly change?: string;
  readonly actions?: readonly Action[];
  readonly wait?: string;
  /** Done just before the step. */
  readonly before?: readonly Action[];
  /** Done in the place of a step that is left out, to reach the state that it left. */
  readonly instead?: readonly Action[];
  readonly repaired?: string;
  readonly after?: After;
}

/** One recorded scenario. */
export interface Transcript {
  readonly recordedOn: string;
  readonly name: string;
  readonly about: string;
  readonly machine: string;
  readonly vfs?: number;
  readonly vms: { readonly [vmid: string]: string };
  readonly mapping?: string;
  readonly storage?: string;
  readonly running?: readonly number[];
  readonly hook: 'log' | 'silent' | 'qm-set' | 'edit';
  readonly files?: { readonly [path: string]: string };
  readonly steps: readonly Step[];
}

const FOLDER = join(import.meta.dirname, '../../fixtures/transcripts');

/** Every recorded scenario, sorted by name. */
export const TRANSCRIPTS: readonly Transcript[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Transcript);
