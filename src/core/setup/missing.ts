// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark } from '../plan/action.ts';
import { fits, forbiddenBy, type GivenValue, givenValues, loadedBy, probeWords } from './given.ts';
import type { Others } from './others.ts';
import type { LineOff } from './settle-files.ts';
import type { Wanted, WantedOption } from './wanted.ts';

/** What is left to do of what is wanted, when what others have set already is left alone. */
export interface Missing {
  readonly wanted: Wanted;
  /** What others have set already, as `i915.enable_guc=3 (/proc/cmdline)`. */
  readonly given: readonly string[];
  readonly off: readonly LineOff[];
  readonly remarks: readonly Remark[];
}

/**
 * Takes out of the wanted what others give already. An option that the command line gives another value is wanted there, since the command
 * line counts last; a line of modprobe.d that is read after ours has to be switched off, which needs `--force`.
 */
export function missingOf(wanted: Wanted, others: Others, force: boolean): Missing {
  const given: string[] = [];
  const off: LineOff[] = [];
  const remarks: Remark[] = [];
  const options: WantedOption[] = [];
  const parameters = [...wanted.parameters];
  for (const option of wanted.options) {
    const answer = lookAt(option, others);
    if (answer.kind === 'given') given.push(answer.how);
    else if (answer.kind === 'on-cmdline') {
      for (const word of answer.words) parameters.push({ word, because: option.because });
    } else {
      options.push(option, ...answer.kept);
      for (const value of answer.against) {
        remarks.push(contradiction(option, value, force));
        if (value.place === 'after-ours' && value.path !== undefined && value.line !== undefined)
          off.push({ path: value.path, line: value.line, reason: `it says otherwise than the line of ours, and is read later` });
      }
    }
  }
  const load = wanted.load.filter(({ module }) => {
    const where = loadedBy(others, module);
    if (where !== undefined) given.push(`${module} is loaded at boot (${where})`);
    return where === undefined;
  });
  return { wanted: { ...wanted, options, load, parameters }, given, off, remarks };
}

type Answer =
  | { readonly kind: 'given'; readonly how: string }
  | { readonly kind: 'on-cmdline'; readonly words: readonly string[] }
  | { readonly kind: 'ours'; readonly against: readonly GivenValue[]; readonly kept: readonly WantedOption[] };

function lookAt(option: WantedOption, others: Others): Answer {
  const { module, name, value } = option;
  if (option.fits === 'word' && value.startsWith('!')) {
    const where = forbiddenBy(others, module);
    if (where !== undefined) return { kind: 'given', how: `${module} is kept from loading (${where})` };
  }
  const values = givenValues(others, module, name);
  const last = values.at(-1);
  if (last !== undefined && fits(option, last.value))
    return { kind: 'given', how: `${module}.${name}=${last.value} (${last.source})` };
  if (last?.place === 'cmdline') return { kind: 'on-cmdline', words: [`${module}.${name}=${joined(option, last.value)}`] };
  const against = values.filter((one) => contradicts(option, one.value));
  const words = option.fits === 'word' && last !== undefined ? probeWords(joined(option, last.value)) : [];
  const kept = words
    .filter((word) => word !== value)
    .map((word) => ({ ...option, value: word, because: `you have ${word} there too` }));
  return { kind: 'ours', against, kept };
}

/** A list keeps the words that others put there, without those that say the contrary. */
function joined(option: WantedOption, theirs: string): string {
  if (option.fits !== 'word') return option.value;
  return [...probeWords(theirs).filter((word) => bare(word) !== bare(option.value)), option.value].join(',');
}

function contradicts(option: WantedOption, value: string): boolean {
  if (option.fits !== 'word') return !fits(option, value);
  return probeWords(value).some((word) => bare(word) === bare(option.value) && word !== option.value);
}

function bare(word: string): string {
  return word.replace(/^!/, '');
}

function contradiction(option: WantedOption, given: GivenValue, force: boolean): Remark {
  const { module, name, value, because } = option;
  const text = `${given.source} gives ${module} the option ${name}=${given.value}; needed is ${name}=${value} (${because}).`;
  if (given.place === 'before-ours')
    return {
      level: 'warning',
      id: 'setup.option-replaced',
      text,
      hint: 'The line stays, but the one of pveigpu is read later and counts.',
    };
  if (force)
    return {
      level: 'warning',
      id: 'setup.option-replaced',
      text,
      hint: 'The line is switched off until the mode is taken back.',
    };
  return {
    level: 'blocker',
    id: 'setup.option-contradicts',
    text,
    hint: 'Take the line out yourself, or have it switched off with --force; it comes back when the mode is taken back.',
    overridable: true,
    code: 'plan.drift',
  };
}
