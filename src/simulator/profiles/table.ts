// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Profile } from '../profile.ts';
import { ARROW_LAKE, ARROW_LAKE_XE, LUNAR_LAKE, METEOR_LAKE, PANTHER_LAKE } from './newer.ts';
import { APOLLO_LAKE, BROADWELL, COFFEE_LAKE, COMET_LAKE, GEMINI_LAKE, JASPER_LAKE } from './older.ts';
import { ARC_B580, ARC_PRO, NO_IGPU, OPTIMUS } from './several.ts';
import {
  ALDER_LAKE_N,
  ALDER_LAKE_P,
  ALDER_LAKE_S,
  RAPTOR_LAKE_P,
  RAPTOR_LAKE_S,
  RAPTOR_LAKE_S_BY_HAND,
  RAPTOR_LAKE_S_UNTOUCHED,
  ROCKET_LAKE,
  TIGER_LAKE,
} from './twelfth-generation.ts';

/** Every simulated machine; the first one is what the demo shows. */
export const PROFILES: readonly Profile[] = [
  RAPTOR_LAKE_S,
  RAPTOR_LAKE_S_UNTOUCHED,
  RAPTOR_LAKE_S_BY_HAND,
  RAPTOR_LAKE_P,
  ALDER_LAKE_S,
  ALDER_LAKE_P,
  ALDER_LAKE_N,
  TIGER_LAKE,
  ROCKET_LAKE,
  METEOR_LAKE,
  ARROW_LAKE,
  ARROW_LAKE_XE,
  LUNAR_LAKE,
  PANTHER_LAKE,
  BROADWELL,
  COFFEE_LAKE,
  COMET_LAKE,
  APOLLO_LAKE,
  GEMINI_LAKE,
  JASPER_LAKE,
  ARC_PRO,
  ARC_B580,
  OPTIMUS,
  NO_IGPU,
];

/** The machine of that name, or undefined. */
export function findProfile(name: string): Profile | undefined {
  return PROFILES.find((profile) => profile.name === name);
}
