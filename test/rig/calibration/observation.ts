// SPDX-License-Identifier: AGPL-3.0-or-later

/** What one side answered to one step. */
export interface Observation {
  /** The step's own answer: `ok`, an errno, `HANG`, a value, a link's last part, `true` or `false`. */
  readonly answer: string;
  /** The state after it, name to value; undefined where a side has none to tell. */
  readonly facts?: { readonly [name: string]: string };
}

/** Facts that wait for a device lock; they count only when both sides could read them. */
const LOCKED = /\/(sriov_numvfs|driver_override)$/;
/** Facts whose value is an IOMMU group, or a list of groups. */
const GROUP = /\/iommu_group$|^groups$/;

/**
 * IOMMU groups have other numbers on other machines: every number is renamed after the order in which it appeared, so that
 * two groups that are one on one side only are still a difference.
 */
export class GroupNames {
  readonly #names = new Map<string, string>();

  name(number: string): string {
    if (!/^\d+$/.test(number)) return number;
    const known = this.#names.get(number);
    if (known !== undefined) return known;
    const name = `group ${this.#names.size + 1}`;
    this.#names.set(number, name);
    return name;
  }

  /** A fact with its group numbers renamed. */
  fact(name: string, value: string): string {
    if (GROUP.test(name))
      return value
        .split(',')
        .filter(Boolean)
        .map((part) => this.name(part))
        .sort()
        .join(',');
    // An mdev: type, driver, group.
    if (/^[0-9a-f-]{36}$/.test(name)) return value.replace(/\d+$/, (number) => this.name(number));
    return value;
  }
}

/**
 * Differences of two runs of the same steps, one sentence each, the step's number in front. A fact that stays different is
 * told once.
 */
export function differences(simulator: readonly Observation[], kernel: readonly Observation[]): readonly string[] {
  const told = new Set<string>();
  return simulator.flatMap((left, index) => {
    const right = kernel[index];
    const found =
      right === undefined ? ['the kernel did not get here'] : [...answerDifference(left, right), ...factDifferences(left, right)];
    const news = found.filter((sentence) => !told.has(sentence));
    for (const sentence of found.filter((one) => !one.startsWith('simulator answers'))) told.add(sentence);
    return news.map((sentence) => `step ${index + 1}: ${sentence}`);
  });
}

function answerDifference(simulator: Observation, kernel: Observation): readonly string[] {
  if (simulator.answer === kernel.answer) return [];
  return [`simulator answers ${text(simulator.answer)}, kernel ${text(kernel.answer)}`];
}

function factDifferences({ facts: left = {} }: Observation, { facts: right }: Observation): readonly string[] {
  if (right === undefined) return [];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return names
    .filter(
      (name) => left[name] !== right[name] && !(LOCKED.test(name) && (left[name] === undefined || right[name] === undefined)),
    )
    .map((name) => `${name} is ${text(left[name])} in the simulator, ${text(right[name])} in the kernel`);
}

function text(value: string | undefined): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
