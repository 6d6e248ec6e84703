// SPDX-License-Identifier: AGPL-3.0-or-later
import { type InsideOutput, NOT_FOUND } from '../guest-exec.ts';
import { intelOpencl, parseClinfo } from '../tools/clinfo.ts';
import { type FfmpegRun, parseFfmpegRun } from '../tools/ffmpeg-run.ts';
import { busiestEngines, parseGpuTop } from '../tools/gpu-top.ts';
import { parseVainfo, vaCodecs } from '../tools/vainfo.ts';
import type { VerifyInput } from '../verify-input.ts';
import type { InsideCheck, VerifyView } from '../verify-view.ts';

/** What the media driver and its programs say. */
export interface MediaChecks {
  readonly checks: readonly InsideCheck[];
  readonly fps: VerifyView['fps'];
}

/** VA-API, Quick Sync and OpenCL inside a Linux guest, each by itself: one may work where another does not. */
export function mediaChecks(input: VerifyInput): MediaChecks {
  if (input.node === undefined) return { checks: [], fps: { vaapi: null, quickSync: null } };
  const { vaapiEncode, qsvEncode, engines, opencl, inside } = input;
  const vaapi = encodeCheck('vaapi-encode', 'VA-API', vaapiEncode);
  const quickSync = encodeCheck('quick-sync-encode', 'Quick Sync', qsvEncode);
  const hint = `pveigpu guest ${inside.guest.vmid} says which packages it needs.`;
  return {
    checks: [vaapiCheck(input, hint), vaapi.check, quickSync.check, ...enginesCheck(engines), openclCheck(opencl)],
    fps: { vaapi: vaapi.fps, quickSync: quickSync.fps },
  };
}

function vaapiCheck({ vainfo }: VerifyInput, hint: string): InsideCheck {
  if (vainfo === undefined) return { id: 'vaapi', level: 'unknown', text: 'VA-API could not be looked at.', evidence: [] };
  if (vainfo.exitCode === NOT_FOUND)
    return {
      id: 'vaapi',
      level: 'unknown',
      text: 'vainfo is not installed, so VA-API could not be looked at.',
      hint,
      evidence: [],
    };
  const info = parseVainfo(`${vainfo.stdout}\n${vainfo.stderr}`);
  if (info.driver === undefined)
    return {
      id: 'vaapi',
      level: 'wrong',
      text: 'VA-API has no driver for the GPU.',
      hint,
      evidence: info.failure === undefined ? [] : [info.failure],
    };
  const codecs = vaCodecs(info);
  const decodes = codecs.filter((one) => one.decodes).map(({ codec }) => codec);
  const encodes = codecs.filter((one) => one.encodes).map(({ codec }) => codec);
  if (codecs.length === 0)
    return {
      id: 'vaapi',
      level: 'wrong',
      text: 'The VA-API driver runs, but knows no codec for this GPU.',
      hint,
      evidence: [info.driver],
    };
  const text = `VA-API decodes ${decodes.join(', ') || 'nothing'}, and encodes ${encodes.join(', ') || 'nothing'}.`;
  return {
    id: 'vaapi',
    level: encodes.length === 0 ? 'wrong' : 'good',
    text,
    ...(encodes.length === 0 ? { hint } : {}),
    evidence: [info.driver],
  };
}

function encodeCheck(
  id: string,
  way: string,
  output: InsideOutput | undefined,
): { readonly check: InsideCheck; readonly fps: number | null } {
  if (output === undefined || output.exitCode === NOT_FOUND) {
    const text =
      output === undefined ? `${way}: the encode got no answer.` : `${way}: ffmpeg is not installed, so no encode was tried.`;
    return { check: { id, level: 'unknown', text, evidence: [] }, fps: null };
  }
  const run = parseFfmpegRun(`${output.stdout}\n${output.stderr}`);
  if (output.exitCode !== 0 || !run.finished) return { check: failed(id, way, run), fps: null };
  const fps = run.fps ?? null;
  const rate = fps === null ? '' : `, ${Math.round(fps)} pictures a second`;
  const text = `${way} encoded ${run.frames} pictures in Full HD to H.264${rate}.`;
  return { check: { id, level: 'good', text, evidence: run.seconds === undefined ? [] : [`${run.seconds} s in all`] }, fps };
}

function failed(id: string, way: string, { failure }: FfmpegRun): InsideCheck {
  // Many distributions build ffmpeg without it, and all else works.
  if (
    /unknown encoder|unrecognized (?:hwaccel|option)|not found|unknown device type/i.test(failure ?? '') &&
    id === 'quick-sync-encode'
  )
    return {
      id,
      level: 'skipped',
      text: 'The ffmpeg of this guest is built without Quick Sync.',
      evidence: failure === undefined ? [] : [failure],
    };
  return { id, level: 'wrong', text: `A short encode through ${way} failed.`, evidence: failure === undefined ? [] : [failure] };
}

function enginesCheck(output: InsideOutput | undefined): readonly InsideCheck[] {
  const busy = output === undefined ? {} : busiestEngines(parseGpuTop(output.stdout));
  const working = Object.entries(busy).filter(([, share]) => share > 0);
  if (working.length === 0) return [];
  const text = `While it encoded, the GPU's engines were busy: ${working.map(([name, share]) => `${name} ${Math.round(share)} %`).join(', ')}.`;
  return [{ id: 'engines', level: 'good', text, evidence: [] }];
}

function openclCheck(output: InsideOutput | undefined): InsideCheck {
  if (output === undefined || output.exitCode === NOT_FOUND)
    return { id: 'opencl', level: 'skipped', text: 'clinfo is not installed, so OpenCL was not looked at.', evidence: [] };
  const device = intelOpencl(parseClinfo(output.stdout));
  if (device === undefined) return { id: 'opencl', level: 'skipped', text: 'OpenCL has no driver for the GPU.', evidence: [] };
  const version = [device.version, device.driver === undefined ? undefined : `driver ${device.driver}`].filter(
    (part) => part !== undefined,
  );
  return { id: 'opencl', level: 'good', text: `OpenCL runs on ${device.name}.`, evidence: version };
}
