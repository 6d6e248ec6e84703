// SPDX-License-Identifier: AGPL-3.0-or-later
import { parse } from 'ini';
import * as z from 'zod/mini';
import { problem, type Result } from '../problem.ts';

/** The administrator's file; pveigpu only reads it. */
export const SETTINGS_FILE = '/etc/pveigpu/pveigpu.conf';

/** What the administrator decided for this node. Flags of a command go before it. */
export interface Settings {
  /** `[assign] pool`: the pool that `assign` and `pool` use. */
  readonly pool?: string;
  /** `[assign] hook-storage`: the storage that holds our hookscript; default `local`, else any with snippets. */
  readonly hookStorage?: string;
  /** `[assign] hook`: whether slices from a pool get our hookscript too. */
  readonly hook: boolean;
  /** `[vf] count`: how many VFs are made when no number is given; default all. */
  readonly vfCount?: number;
  /** `[kernel] pin-on-upgrade`: whether the running kernel is pinned when a new one would lose a GPU's mode; default no. */
  readonly pinOnUpgrade?: boolean;
  /** `[panel] host-setup`: users who may set up the host in the panel, besides root@pam; default nobody. */
  readonly hostSetup?: readonly string[];
  /** `[panel] show`: whether the panel is shown in PVE's interface, upgrades included; default yes. */
  readonly showPanel?: boolean;
}

/** What holds without a file. */
export const DEFAULT_SETTINGS: Settings = { hook: false };

const YES_NO: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

// ini gives true for a bare key, booleans for true and false, texts for all else (numbers too)
const word = z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_-]+$/, 'is no name'));
const yesNo = z.pipe(
  z.transform((value) => YES_NO.get(String(value))),
  z.boolean('is neither yes nor no'),
);
const count = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,2}$/, 'is no number of VFs')),
  z.transform((text) => Number(text)),
);
const users = z.pipe(
  z
    .string()
    .check(
      z.regex(/^[^\s,@]+@[A-Za-z][\w.-]+(\s*,\s*[^\s,@]+@[A-Za-z][\w.-]+)*$/, 'is no list of users such as alice@pve, bob@pam'),
    ),
  z.transform((text) => text.split(/\s*,\s*/)),
);
const schema = z.strictObject({
  assign: z.optional(z.strictObject({ pool: z.optional(word), 'hook-storage': z.optional(word), hook: z.optional(yesNo) })),
  vf: z.optional(z.strictObject({ count: z.optional(count) })),
  kernel: z.optional(z.strictObject({ 'pin-on-upgrade': z.optional(yesNo) })),
  panel: z.optional(z.strictObject({ show: z.optional(yesNo), 'host-setup': z.optional(users) })),
});

/** Reads `pveigpu.conf`. A misspelt section, name or value is refused, since it would do nothing without a word. */
export function parseSettings(text: string, where: string): Result<Settings> {
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return problem('format.unreadable', `${where}: ${describe(issue)}.`, {
      hint: 'See pveigpu.conf in docs/settings.md.',
      where,
    });
  }
  const { assign, vf, kernel, panel } = parsed.data;
  const hostSetup = panel?.['host-setup'];
  const hookStorage = assign?.['hook-storage'];
  const pinOnUpgrade = kernel?.['pin-on-upgrade'];
  return {
    ok: true,
    value: {
      hook: assign?.hook ?? DEFAULT_SETTINGS.hook,
      ...(assign?.pool === undefined ? {} : { pool: assign.pool }),
      ...(hookStorage === undefined ? {} : { hookStorage }),
      ...(vf?.count === undefined ? {} : { vfCount: vf.count }),
      ...(pinOnUpgrade === undefined ? {} : { pinOnUpgrade }),
      ...(hostSetup === undefined ? {} : { hostSetup }),
      ...(panel?.show === undefined ? {} : { showPanel: panel.show }),
    },
  };
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  const [section, name] = (issue?.path ?? []).map(String);
  if (issue?.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    return section === undefined ? `there is no section or setting ${keys}` : `[${section}] has no setting ${keys}`;
  }
  const wrong = issue?.message.startsWith('is n') ? issue.message : 'has no usable value';
  return name === undefined ? `[${section}] is no section with settings` : `[${section}] ${name} ${wrong}`;
}
