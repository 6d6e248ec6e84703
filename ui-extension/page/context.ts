// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PanelApi } from '../model/api.ts';
import type { PlanJob } from '../model/plan-job.ts';
import type { Say } from '../model/texts/say.ts';
import type { Session } from '../model/values.ts';
import type { VerdictGpu } from '../model/verdict-rows.ts';

/** What every view of the page works with. */
export interface PageContext {
  readonly api: PanelApi;
  readonly session: Session;
  readonly say: Say;
  /** Shows a plan, and runs it when the person agrees; answers whether something was changed. */
  readonly openJob: (job: PlanJob) => Promise<boolean>;
  /** The same, after the person has chosen a mode for this GPU. */
  readonly openSetup: (gpu: VerdictGpu) => Promise<boolean>;
  /** Shows another view: `guests/101`. */
  readonly go: (place: string) => void;
}
