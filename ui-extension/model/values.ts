// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignmentRow } from '../../src/core/assign/assignments-view.ts';
import type { BrowserRequest } from '../../src/core/assign/browser-request.ts';
import type { GuestOffer } from '../../src/core/assign/guest-offer.ts';
import type { Mode } from '../../src/core/gpu/verdict.ts';
import type { NeedsStep } from '../../src/core/inside/needs-view.ts';
import type { ActionName } from '../../src/core/plan/action.ts';
import type { PlanDiff } from '../../src/core/plan/diff-plan.ts';
import type { RunState, StepState } from '../../src/core/plan/journal-run.ts';
import type { Waiting } from '../../src/core/status/status-view.ts';
import type { GpuUsage } from '../../src/core/usage/gpu-usage.ts';

/** Who asks and what he may do (`GET session`, docs/api.md). */
export interface Session {
  readonly node: string;
  readonly version: string;
  readonly user: string;
  readonly may: { readonly view: boolean; readonly host: boolean; readonly whyNotHost: string | null };
}

/** One call of PVE's own API that changes a guest; the browser sends it with its user's ticket. */
export type GuestRequest = BrowserRequest;

/** What `POST plan`, `plan-confirm`, `plan-rollback` and `guests/ID/plan-*` answer. */
export interface Planned {
  readonly plan: PlanDiff & { readonly digest: string };
  readonly blocked: string | null;
  readonly requests: readonly GuestRequest[] | null;
}

/** One step of a run that was done. */
export interface HistoryStep {
  readonly action: ActionName;
  readonly subject: string;
  readonly reason: string;
  readonly state: StepState;
  readonly note?: string;
}

/** One run of the history. */
export interface HistoryRun {
  readonly number: number;
  readonly title: string;
  /** Milliseconds since 1970, UTC. */
  readonly startedMs: number;
  readonly state: RunState;
  readonly steps: readonly HistoryStep[];
  readonly failure?: string;
  /** Who started it in the web interface. */
  readonly user?: string;
}

/** What `GET history` answers. */
export interface HistoryValue {
  readonly runs: readonly HistoryRun[];
  readonly unknown: readonly string[];
}

export type { GuestOffer };

/** Input of `plan-assign` and `assign`. */
export interface AssignInput {
  readonly mode?: Mode | 'auto';
  readonly gpu?: string;
  readonly pool?: string;
  readonly vf?: number;
}

/** What `GET guests/ID` answers. */
export interface GuestValue {
  readonly vmid: number;
  readonly guest: string;
  readonly name: string | null;
  readonly type: 'qemu' | 'lxc';
  readonly running: boolean | null;
  readonly has: readonly AssignmentRow[];
  readonly could: readonly GuestOffer[];
  readonly needs: { readonly system: string; readonly steps: readonly NeedsStep[]; readonly unseen: string | null } | null;
  readonly waiting: readonly Waiting[];
  /** Whether this user may have it looked into. */
  readonly may: { readonly inside: boolean; readonly whyNotInside: string | null };
}

export type { GpuUsage };

/** What `GET usage` answers. */
export interface UsageValue {
  readonly gpus: readonly GpuUsage[];
}

/** A task of PVE, as its status is told. */
export interface TaskStatus {
  readonly status: 'running' | 'stopped';
  /** `OK`, `WARNINGS: 1`, or what went wrong. */
  readonly exitstatus?: string;
}

/** One line of a task's log; lines count from 1. */
export interface TaskLine {
  readonly n: number;
  readonly t: string;
}
