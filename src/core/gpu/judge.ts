// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { wholeDisplays } from '../vf/whole-displays.ts';
import { no, unknownAnswer } from './answer.ts';
import { gpuName, lookupGpu } from './catalogue.ts';
import { attribute, type GpuCase, reason } from './gpu-case.ts';
import { judgeGvtd } from './judge-gvtd.ts';
import { judgeGvtg } from './judge-gvtg.ts';
import { judgeHost } from './judge-host.ts';
import { judgeSriov } from './judge-sriov.ts';
import { machineRemarks } from './machine-remarks.ts';
import { missingGpu } from './missing-gpu.ts';
import { recommend } from './recommend.ts';
import { type GpuVerdict, type MachineVerdict, MODES, type Mode, type ModeVerdict, type Reason } from './verdict.ts';

/** One judge a mode. A new mode is a new file and a line here. */
const JUDGES: { readonly [M in Mode]: (gpu: GpuCase) => ModeVerdict } = {
  host: judgeHost,
  sriov: judgeSriov,
  'gvt-g': judgeGvtg,
  'gvt-d': judgeGvtd,
};

/** Says for each GPU and mode whether it can work on this machine, and why. Total: what is not known gives `unknown`. */
export function judge(facts: HostFacts): MachineVerdict {
  const pci = ifKnown(facts.pci);
  if (pci === undefined) {
    const text = 'Which GPUs are there is not known, because the PCI devices could not be read.';
    return { gpus: [], noGpu: reason('pci.unknown', text), remarks: machineRemarks(facts, []) };
  }
  const gpus = wholeDisplays(pci).map((device) => judgeDevice(facts, device));
  const intel = gpus.some((gpu) => gpu.vendor === '8086');
  return { gpus, ...(intel ? {} : { noGpu: missingGpu(facts) }), remarks: machineRemarks(facts, gpus) };
}

function judgeDevice(facts: HostFacts, device: PciDevice): GpuVerdict {
  const entry = device.vendor === '8086' ? lookupGpu(device.device) : undefined;
  const common = { bdf: device.bdf, vendor: device.vendor, device: device.device, driver: device.driver };
  if (entry === undefined) {
    const modes = MODES.map((mode) => (device.vendor === '8086' ? notInCatalogue(device, mode) : foreign(device, mode)));
    const name = device.vendor === '8086' ? 'Intel GPU that is not in the catalogue' : 'display device of another vendor';
    const integrated = device.vendor === '8086' && device.bdf.endsWith(':00:02.0');
    const why = 'nothing is known about giving it to guests.';
    return { ...common, name, platform: null, integrated, modes, recommended: 'host', recommendedBecause: why };
  }
  const gpu: GpuCase = { facts, device, entry, release: ifKnown(facts.kernel)?.release };
  const modes = withAlternatives(MODES.map((mode) => JUDGES[mode](gpu)));
  const integrated = entry.kind === 'integrated';
  return { ...common, name: gpuName(entry), platform: entry.platform, integrated, modes, ...recommend(facts, device, modes) };
}

function notInCatalogue(device: PciDevice, mode: Mode): ModeVerdict {
  const text = `The id 8086:${device.device} is not in the catalogue, so nothing is said about it.`;
  return unknownAnswer(mode, [reason('gpu.not-in-catalogue', text, attribute(device, 'device', `0x${device.device}`))]);
}

function foreign(device: PciDevice, mode: Mode): ModeVerdict {
  const why = [reason('gpu.not-intel', 'pveigpu serves Intel GPUs.', attribute(device, 'vendor', `0x${device.vendor}`))];
  return mode === 'gvt-d' || mode === 'host' ? unknownAnswer(mode, why) : no(mode, why);
}

/** A refusal of SR-IOV names what works instead. */
function withAlternatives(modes: readonly ModeVerdict[]): readonly ModeVerdict[] {
  return modes.map((verdict) => {
    if (verdict.mode !== 'sriov' || verdict.answer !== 'no') return verdict;
    const others = workingModes(modes, 'sriov');
    const doubtful = modes.filter((other) => other.mode !== 'sriov' && other.answer === 'unknown').map((other) => other.mode);
    const text = [
      ...(others.length > 0 ? [`What can work instead: ${others.join(', ')}.`] : []),
      ...(doubtful.length > 0 ? [`Not known: ${doubtful.join(', ')}.`] : []),
      ...(others.length + doubtful.length > 0 ? [] : ['No other mode can work here either.']),
    ].join(' ');
    const instead: Reason = reason('sriov.instead', text);
    return { ...verdict, reasons: [...verdict.reasons, instead] };
  });
}

/** The modes other than `except` that can work. */
export function workingModes(modes: readonly ModeVerdict[], except: Mode): readonly Mode[] {
  return modes.filter((verdict) => verdict.mode !== except && verdict.answer === 'yes').map((verdict) => verdict.mode);
}
