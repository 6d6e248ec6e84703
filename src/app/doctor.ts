// SPDX-License-Identifier: AGPL-3.0-or-later
import { type DoctorView, doctorView } from '../core/doctor/doctor-view.ts';
import type { FindingRule } from '../core/doctor/finding.ts';
import { FINDINGS } from '../core/doctor/table.ts';
import type { Context } from './context.ts';
import { readDoctorCase } from './doctor-case.ts';

/** What is wrong with this machine, and what to do about it. Reads only; with `deep` programs are asked too. */
export async function readDoctor(
  context: Context,
  options: { readonly deep: boolean; readonly only?: (rule: FindingRule) => boolean },
): Promise<DoctorView> {
  return doctorView(await readDoctorCase(context, options), FINDINGS, options);
}
