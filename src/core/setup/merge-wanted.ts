// SPDX-License-Identifier: AGPL-3.0-or-later
import { NOTHING_WANTED, type Wanted, type WantedOption } from './wanted.ts';

/** What several GPUs want together, and what of it cannot be had at once. */
export interface MergedWants {
  readonly wanted: Wanted;
  /** Sentences: two GPUs want different values of one option of one module. */
  readonly conflicts: readonly string[];
}

/** Joins the wants of all GPUs: each thing once, the larger of two numbers, lists added up. */
export function mergeWanted(wants: readonly Wanted[]): MergedWants {
  const conflicts: string[] = [];
  const options: WantedOption[] = [];
  for (const option of wants.flatMap((want) => want.options)) {
    const isSame = (other: WantedOption) =>
      other.module === option.module &&
      other.name === option.name &&
      (option.fits !== 'word' || bare(other.value) === bare(option.value));
    const at = options.findIndex(isSame);
    const known = options[at];
    if (known === undefined) options.push(option);
    else if (option.fits === 'at-least' && Number(option.value) > Number(known.value)) options[at] = option;
    else if (known.value !== option.value && option.fits !== 'at-least')
      conflicts.push(
        `One GPU of this node wants ${option.module} with ${option.name}=${known.value}, another with ${option.name}=${option.value}, and a module has one value for all.`,
      );
  }
  const once = <T>(pick: (want: Wanted) => readonly T[], key: (item: T) => string): readonly T[] => {
    const byKey = new Map<string, T>();
    for (const item of wants.flatMap(pick)) if (!byKey.has(key(item))) byKey.set(key(item), item);
    return [...byKey.values()];
  };
  const wanted: Wanted = {
    ...NOTHING_WANTED,
    options,
    load: once(
      (want) => want.load,
      ({ module }) => module,
    ),
    overrides: once(
      (want) => want.overrides,
      ({ bdf }) => bdf,
    ),
    units: once(
      (want) => want.units,
      ({ name }) => name,
    ),
    rules: once(
      (want) => want.rules,
      ({ name }) => name,
    ),
    parameters: once(
      (want) => want.parameters,
      ({ word }) => word,
    ),
  };
  return { wanted, conflicts };
}

function bare(probeWord: string): string {
  return probeWord.replace(/^!/, '');
}
