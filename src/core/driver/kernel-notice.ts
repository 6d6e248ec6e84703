// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import { parseStored, type StoredFormat } from '../plan/stored-format.ts';
import type { Result } from '../problem.ts';
import type { BuildFinding } from './fault-text.ts';
import type { GpuOutlook } from './kernel-outlook.ts';

/** What was said about kernels so far, so that nothing is sent twice. Stored as `kernel-notices.json`. */
export interface KernelNotices {
  readonly format: 1;
  /** Kernels that were seen on this node, and what came of each. */
  readonly seen: { readonly [release: string]: 'keeps' | 'loses' | 'unknown' };
  /** The kernel that we pinned because a newer one loses a mode. */
  readonly pinned?: string;
}

const FORMAT: StoredFormat<KernelNotices> = {
  name: 'the notices about kernels',
  newest: 1,
  migrations: {},
  check: (value) => {
    const parsed = SCHEMA.safeParse(value);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: 'it is not of the form that pveigpu writes' };
  },
};
const SCHEMA = z.object({
  format: z.literal(1),
  seen: z.record(z.string(), z.enum(['keeps', 'loses', 'unknown'])),
  pinned: z.exactOptional(z.string()),
});

/** Reads `kernel-notices.json`. */
export function parseKernelNotices(text: string, where: string): Result<KernelNotices> {
  return parseStored(FORMAT, text, where);
}

/** What is known of one new kernel. */
export interface NewKernel {
  readonly release: string;
  readonly gpus: readonly GpuOutlook[];
  /** Why the driver could not be built for it. */
  readonly build: readonly BuildFinding[];
  /** Whether the loader starts it by default. */
  readonly boots: boolean;
}

/** One word for a kernel: the worst of its GPUs. */
export function outcomeOf({ gpus }: Pick<NewKernel, 'gpus'>): 'keeps' | 'loses' | 'unknown' {
  if (gpus.some(({ keeps }) => keeps === 'no')) return 'loses';
  return gpus.some(({ keeps }) => keeps === 'unknown') ? 'unknown' : 'keeps';
}

/** What happened to the pin in the same run. */
export type PinNote = { readonly kind: 'none' } | { readonly kind: 'pinned' | 'could-not' | 'offered'; readonly good: string };

/** The lines about new kernels, for the terminal and for the mail. */
export function noticeLines(kernels: readonly NewKernel[], pin: PinNote): readonly string[] {
  const lines = kernels.flatMap((kernel) => linesAbout(kernel, pin));
  if (kernels.every((kernel) => outcomeOf(kernel) === 'keeps')) return lines;
  if (pin.kind === 'pinned') lines.push(`${pin.good}, which works, was pinned: it boots until the driver fits again.`);
  if (pin.kind === 'could-not') lines.push(`${pin.good}, which works, could not be pinned: pveigpu kernel pin ${pin.good}`);
  if (pin.kind === 'offered') lines.push(`To stay on ${pin.good}: pveigpu kernel pin ${pin.good}`);
  return lines;
}

function linesAbout(kernel: NewKernel, pin: PinNote): string[] {
  const { release, boots, gpus, build } = kernel;
  const lines = [`Kernel ${release} was installed${boots && pin.kind !== 'pinned' ? ' and runs after the next reboot' : ''}.`];
  for (const { bdf, name, mode, keeps, because, todo, isOurs } of gpus) {
    const gpu = `the GPU ${bdf} (${name})`;
    if (keeps === 'yes') lines.push(`Under it ${gpu} keeps its mode ${mode}.`);
    else if (keeps === 'unknown') lines.push(`Whether ${gpu} keeps its mode ${mode} under it is not known.`);
    else lines.push(`Under it ${gpu} LOSES its mode ${mode}: guests with a slice of it will not start.`);
    if (keeps === 'yes') continue;
    lines.push(...because.map((text) => `  ${text}`), ...todo.map((text) => `  To do: ${text}`));
    if (isOurs && keeps === 'no') lines.push(`  Or let pveigpu do it: pveigpu apply ${mode} --gpu ${bdf} --kernel ${release}`);
  }
  for (const { text, hint } of build) lines.push(`  ${text}`, `  To do: ${hint}`);
  return lines;
}

/** A mail to root, which Proxmox VE forwards to its notification targets (proxmox-mail-forward). */
export function noticeMail(nodeName: string, kernels: readonly string[], lines: readonly string[]): string {
  // A header must stay one line of ASCII, whatever a kernel is called.
  const plain = (text: string) => text.replace(/[^\x20-\x7e]/g, '?');
  const subject = `pveigpu on ${plain(nodeName)}: kernel ${plain(kernels.join(', '))} and the GPU`;
  return `From: root\nTo: root\nSubject: ${subject}\nContent-Type: text/plain; charset=UTF-8\n\n${lines.join('\n')}\n`;
}
