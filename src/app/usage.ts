// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DrmFacts } from '../core/facts/drm-facts.ts';
import type { PciDevice } from '../core/facts/pci-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { type GpuUsage, unmeasured } from '../core/usage/gpu-usage.ts';
import { parseIntelGpuTop } from '../core/usage/intel-gpu-top.ts';
import { parseXePerf, xePerfArgv, xePmu } from '../core/usage/xe-counters.ts';
import { intelGpus } from '../core/vf/vf.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { sense } from './sense/sense.ts';

/** How busy the GPUs of a node are: a JSON value. */
export interface UsageView {
  readonly format: 1;
  readonly gpus: readonly GpuUsage[];
}

/** How long is measured, seconds; a graph asks about every two. */
const SAMPLE_S = 0.5;
/** coreutils timeout(1) of a program that did not start, and of one that it ended. */
const [NOT_FOUND, ENDED] = [127, 124];
const TIMEOUT_MS = 10_000;

/** Measures every Intel GPU for half a second with what is installed; a GPU that nothing can measure says why. */
export async function readUsage({ host }: Pick<Context, 'host'>): Promise<UsageView> {
  const facts = await sense(host, ['pci', 'drm']);
  const gpus = intelGpus(ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] });
  return { format: 1, gpus: await Promise.all(gpus.map(async (gpu) => await measure(host, gpu, ifKnown(facts.drm)))) };
}

async function measure(host: Host, { bdf, driver }: PciDevice, drm: DrmFacts | undefined): Promise<GpuUsage> {
  if (!host.abilities.run) return unmeasured(bdf, `Nothing runs on ${host.label}.`);
  if (driver === 'i915') return await withIntelGpuTop(host, bdf, drm);
  if (driver === 'xe') return await withPerf(host, bdf);
  if (driver === null) return unmeasured(bdf, 'No driver is bound to it.');
  return unmeasured(bdf, `${driver} is bound to it, so only the guest that has it can measure it.`);
}

async function withIntelGpuTop(host: Host, bdf: string, drm: DrmFacts | undefined): Promise<GpuUsage> {
  const card = drm?.nodes.find((node) => node.pci === bdf && node.name.startsWith('card'));
  const which = card === undefined ? [] : ['-d', `drm:${card.path}`];
  // it runs until it is interrupted; its first sample is over no time
  const argv = [
    '--signal=INT',
    String(SAMPLE_S * 2.5),
    'intel_gpu_top',
    '-J',
    '-s',
    String(SAMPLE_S * 1000),
    '-o',
    '-',
    ...which,
  ];
  const ran = await host.run(['timeout', ...argv], { timeoutMs: TIMEOUT_MS });
  if (!ran.ok) return unmeasured(bdf, ran.problem.message);
  const { exitCode, stdout, stderr } = ran.value;
  if (exitCode === NOT_FOUND) return unmeasured(bdf, 'intel_gpu_top is not installed: apt install intel-gpu-tools.');
  const measured = exitCode === ENDED || exitCode === 0 ? parseIntelGpuTop(stdout) : undefined;
  if (measured === undefined) return unmeasured(bdf, `intel_gpu_top says nothing of use${said(stderr)}.`);
  return { bdf, source: 'intel_gpu_top', why: null, ...measured };
}

async function withPerf(host: Host, bdf: string): Promise<GpuUsage> {
  const counters = await host.stat(`/sys/bus/event_source/devices/${xePmu(bdf)}/events/engine-active-ticks`);
  if (counters.kind !== 'content') return unmeasured(bdf, 'xe of this kernel counts no engines; that of 6.15 and later does.');
  if ((await host.stat('/usr/bin/perf')).kind !== 'content')
    return unmeasured(bdf, 'perf is not installed: apt install linux-perf.');
  const ran = await host.run(xePerfArgv(bdf, SAMPLE_S), { timeoutMs: TIMEOUT_MS });
  if (!ran.ok) return unmeasured(bdf, ran.problem.message);
  const engines = parseXePerf(bdf, ran.value.stderr);
  if (engines === undefined) return unmeasured(bdf, `perf counted nothing${said(ran.value.stderr)}.`);
  const frequency = await host.read(`/sys/bus/pci/devices/${bdf}/tile0/gt0/freq0/act_freq`);
  const frequencyMHz = frequency.kind === 'content' && /^\d+\n?$/.test(frequency.value) ? Number(frequency.value) : null;
  return { bdf, source: 'perf', why: null, engines, frequencyMHz, powerWatts: null };
}

/** The first line that a program said, for a sentence. */
function said(text: string): string {
  const line = text.trim().split('\n')[0]?.slice(0, 200) ?? '';
  return line === '' ? '' : `: ${line.replace(/\.$/, '')}`;
}
