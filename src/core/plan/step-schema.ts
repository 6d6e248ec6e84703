// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import type { ActionArgs, ActionName, Step } from './action.ts';
import { checkPending } from './pending-reboot.ts';
import type { Checked } from './stored-format.ts';

const text = z.string();
const texts = z.readonly(z.array(text));
const release = z.exactOptional(z.literal(true));

const fileImageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent') }),
  z.object({ kind: z.literal('file'), base64: text, mode: z.int(), uid: z.int(), gid: z.int() }),
]);

const check = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exists'), path: text }),
  z.object({ kind: z.literal('absent'), path: text }),
  z.object({ kind: z.literal('link-name'), path: text, name: text }),
]);

const edit = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('kernel-parameters'),
    format: z.enum(['grub-default', 'kernel-cmdline']),
    added: texts,
    removed: texts,
  }),
  z.object({ kind: z.literal('lines'), added: texts, removed: texts }),
]);

const argv: z.ZodMiniType<readonly [string, ...string[]]> = z.tuple([text], text);

const packages = z.readonly(
  z.array(
    z.object({
      name: text,
      version: z.exactOptional(text),
      file: z.exactOptional(text),
      sha256: z.exactOptional(text),
    }),
  ),
);
const versions = z.record(text, z.nullable(text));

const trialEntry = z.nullable(z.object({ release: text, words: texts }));

const pending = z.nullable(checkedBy(checkPending));

const poolSchema = z.object({
  id: text,
  description: z.exactOptional(text),
  mdev: z.boolean(),
  liveMigrationCapable: z.boolean(),
  entries: z.readonly(
    z.array(
      z.object({
        node: text,
        id: text,
        path: text,
        subsystemId: z.exactOptional(text),
        iommuGroup: z.exactOptional(z.int()),
        description: z.exactOptional(text),
      }),
    ),
  ),
});

const ARGS: { readonly [K in ActionName]: z.ZodMiniType<ActionArgs[K]> } = {
  writeFile: z.object({ path: text, base64: text, mode: z.int(), before: fileImageSchema, release }),
  editFile: z.object({ path: text, base64: text, mode: z.int(), before: fileImageSchema, edit, release }),
  run: z.object({
    argv,
    undo: z.nullable(argv),
    done: z.exactOptional(check),
    input: z.exactOptional(z.object({ path: text, sha256: text })),
    timeoutMs: z.number(),
  }),
  enableUnit: z.object({ unit: text, enabled: z.boolean(), before: z.boolean() }),
  refreshBoot: z.object({ tool: z.enum(['update-grub', 'proxmox-boot-tool']) }),
  updateInitramfs: z.object({ release: text, holds: texts }),
  installPackage: z.object({ packages, before: versions }),
  removePackage: z.object({ packages, before: versions }),
  pinKernel: z.object({ release: z.nullable(text), before: z.nullable(text) }),
  trialEntry: z.object({ loader: z.enum(['grub', 'systemd-boot']), entry: trialEntry, before: trialEntry }),
  noteReboot: z.object({ pending, before: pending }),
  removeFile: z.object({ path: text, before: fileImageSchema, release }),
  writeSysfs: z.object({
    path: text,
    value: text,
    undo: z.nullable(text),
    verify: z.exactOptional(check),
    verifyUndo: z.exactOptional(check),
    timeoutMs: z.number(),
    mustBeFree: texts,
  }),
  loadModule: z.object({ module: text, driver: text }),
  setGuestConfig: z.object({
    kind: z.enum(['qemu', 'lxc']),
    vmid: z.int(),
    set: z.record(text, text),
    remove: texts,
    revert: texts,
    digest: text,
    before: z.record(text, z.nullable(text)),
    nodes: z.exactOptional(z.record(text, text)),
    release,
  }),
  forgetGuest: z.object({ kind: z.enum(['qemu', 'lxc']), vmid: z.int() }),
  createPool: z.object({ pool: poolSchema }),
  updatePool: z.object({ pool: poolSchema, before: poolSchema, digest: text }),
  removePool: z.object({ before: poolSchema }),
};

const OUTER = z.object({ action: text, args: z.unknown(), reason: text });

/** One stored step, checked down to the arguments of its action. */
export const stepSchema: z.ZodMiniType<Step> = z.pipe(
  OUTER,
  z.transform((value, context): Step => {
    const known = Object.hasOwn(ARGS, value.action) ? ARGS[value.action as ActionName] : undefined;
    const args = known?.safeParse(value.args);
    if (args?.success) return { action: value.action, args: args.data, reason: value.reason } as Step;
    const message = args === undefined ? `unknown action ${value.action}` : firstIssue(args.error);
    context.issues.push({ code: 'custom', message, input: value });
    return z.NEVER;
  }),
);

/** A schema out of a check that is written by hand, for values that are read where no schema library is loaded. */
export function checkedBy<T>(check: (value: unknown) => Checked<T>): z.ZodMiniType<T> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): T => {
      const checked = check(value);
      if (checked.ok) return checked.value;
      context.issues.push({ code: 'custom', message: checked.reason, input: value });
      return z.NEVER;
    }),
  );
}

/** Where and why a value does not have a shape, in one clause. */
export function firstIssue(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'its shape is wrong';
  return issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ${issue.message}` : issue.message;
}
