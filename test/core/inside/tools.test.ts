// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedOutput } from '../../../src/core/inside/bounded-output.ts';
import { parseOsRelease } from '../../../src/core/inside/os-release.ts';
import { intelOpencl, parseClinfo } from '../../../src/core/inside/tools/clinfo.ts';
import { parseFfmpegRun } from '../../../src/core/inside/tools/ffmpeg-run.ts';
import { busiestEngines, parseGpuTop } from '../../../src/core/inside/tools/gpu-top.ts';
import { parseVainfo, vaCodecs } from '../../../src/core/inside/tools/vainfo.ts';
import { CPU_ONLY, HD_505, NO_INTEL } from '../../fixtures/guest-tools/clinfo.ts';
import { BENCHMARK, NO_PROFILE, PROGRESS } from '../../fixtures/guest-tools/ffmpeg.ts';
import { DG2_CUT_OFF, IDLE } from '../../fixtures/guest-tools/gpu-top.ts';
import { ALDER_LAKE, COMET_LAKE, INIT_FAILED, SKYLAKE_I965 } from '../../fixtures/guest-tools/vainfo.ts';

describe('vainfo', () => {
  test('driver, version, and what each codec can do', () => {
    const info = parseVainfo(COMET_LAKE);
    expect([info.apiVersion, info.driver]).toEqual(['1.12', 'Intel iHD driver for Intel(R) Gen Graphics - 21.3.2 ()']);
    expect(vaCodecs(info)).toEqual([
      { codec: 'H.264', decodes: true, encodes: true, lowPower: true },
      { codec: 'MPEG-2', decodes: true, encodes: true, lowPower: false },
      { codec: 'VC-1', decodes: true, encodes: false, lowPower: false },
      { codec: 'JPEG', decodes: true, encodes: true, lowPower: false },
    ]);
  });

  test('the old driver, and libva that says what it does', () => {
    expect(parseVainfo(SKYLAKE_I965).driver).toBe('Intel i965 driver for Intel(R) Skylake - 2.4.1');
    const info = parseVainfo(ALDER_LAKE);
    expect([info.apiVersion, info.failure, info.profiles.length]).toEqual(['1.15', undefined, 3]);
  });

  test('a driver that cannot start', () => {
    expect(parseVainfo(INIT_FAILED)).toEqual({ profiles: [], failure: 'libva error: /usr/lib/dri/iHD_drv_video.so init failed' });
  });
});

describe('ffmpeg', () => {
  test('progress: the last block counts, and the run had not ended', () => {
    expect(parseFfmpegRun(PROGRESS)).toEqual({ frames: 6055, fps: 344.83, speed: 13.8, finished: false });
  });

  test('statistics and benchmark', () => {
    expect(parseFfmpegRun(BENCHMARK)).toEqual({ frames: 300, fps: 38, seconds: 7.837, speed: 1.27, finished: true });
  });

  test('its own end, with a rate that the time alone gives', () => {
    const text = 'frame=300\nfps=0.00\nspeed=N/A\nprogress=end\nbench: utime=0.2s stime=0.1s rtime=1.500s\n';
    expect(parseFfmpegRun(text)).toEqual({ frames: 300, fps: 200, seconds: 1.5, finished: true });
  });

  test('no encoder', () => {
    expect(parseFfmpegRun(NO_PROFILE)).toMatchObject({
      frames: 0,
      finished: false,
      failure: expect.stringMatching(/No usable encoding profile/),
    });
  });
});

describe('intel_gpu_top -J', () => {
  test('an array that is not closed, with a sample cut off', () => {
    const [sample, ...more] = parseGpuTop(DG2_CUT_OFF);
    expect(sample).toEqual({ durationMs: 20.513696, engines: { 'Render/3D': 48.97058, Blitter: 0 }, rc6: 33.095547 });
    expect(more).toEqual([]);
  });

  test('objects one after the other; the first one measures nothing', () => {
    const samples = parseGpuTop(`${IDLE}${IDLE.replace('0.005473', '1000.2').replace('"busy": 0.000000', '"busy": 71.5')}`);
    expect(samples).toHaveLength(2);
    expect(busiestEngines(samples)).toEqual({ 'Render/3D/0': 71.5, 'Blitter/0': 0 });
    expect(busiestEngines(parseGpuTop(IDLE))).toEqual({});
  });
});

describe('clinfo', () => {
  test("Intel's runtime on a GPU", () => {
    expect(intelOpencl(parseClinfo(HD_505))).toEqual({
      platform: 'Intel(R) OpenCL Graphics',
      name: 'Intel(R) HD Graphics 505',
      version: 'OpenCL 3.0 NEO',
      driver: '24.17.29377',
    });
  });

  test('other platforms and processors are no Intel GPU', () => {
    expect(parseClinfo(NO_INTEL)).toHaveLength(1);
    expect([NO_INTEL, CPU_ONLY].map((text) => intelOpencl(parseClinfo(text)))).toEqual([undefined, undefined]);
  });
});

test('what a guest prints without end is read in bounded time', () => {
  const empty = '\n'.repeat(400_000);
  expect(parseOsRelease(`${empty}ID=debian \n${empty}`)?.id).toBe('debian');
  const entries = 'VAProfileH264Main : VAEntrypointVLD\n'.repeat(100_000);
  expect(parseVainfo(`${empty}${entries}`).profiles).toMatchObject([{ profile: 'VAProfileH264Main' }]);
  const spaces = { exitCode: 0, stdout: `  Device Name  x${' '.repeat(1_000_000)}y`, stderr: '', truncated: false };
  expect(parseClinfo(boundedOutput(spaces).stdout)).toEqual([{ platform: '', name: 'x' }]);
});

test('nothing that a guest says makes them throw', () => {
  const pieces = [COMET_LAKE, BENCHMARK, PROGRESS, DG2_CUT_OFF, HD_505].join('\n').split(/(?<=\s)/);
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (said) => {
      for (const { codec } of vaCodecs(parseVainfo(said))) expect(codec).not.toBe('');
      expect(parseFfmpegRun(said).frames).toBeGreaterThanOrEqual(0);
      for (const share of Object.values(busiestEngines(parseGpuTop(said)))) expect(share).toBeGreaterThanOrEqual(0);
      intelOpencl(parseClinfo(said));
    }),
  );
});
