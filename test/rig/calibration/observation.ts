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
    if (GROUP.test(name)) return value.split(',').filter(Boolean).map((part) => this.name(part)).sort().join(',');
    // An mdev: type, driver, group.
    if (/^[0-9a-f-]{36}$/.test(name)) return value.replace(/\d+$/, (number) => this.name(number));
    return value;
  }
}

/** Differences between the facts of two sides, one sentence each. */
export function differences(simulator: Observation, kernel: Observation): readonly string[] {
  const answers = simulator.answer === kernel.answer ? [] : [`simulator answers ${text(simulator.answer)}, kernel ${text(kernel.answer)}`];
  const left = simulator.facts ?? {};
  const right = kernel.facts ?? {};
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  const facts = names
    .filter((name) => left[name] !== right[name] && !(LOCKED.test(name) && (left[name] === undefined || right[name] === undefined)))
    .map((name) => `${name} is ${text(left[name])} in the simulator, ${text(right[name])} in the kernel`);
  return [...answers, ...facts];
}

function text(value: string | undefined): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
