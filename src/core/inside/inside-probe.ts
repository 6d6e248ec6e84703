// SPDX-License-Identifier: AGPL-3.0-or-later
import { type InsideCommand, quick } from './inside-step.ts';

/** Length of the test picture's film in seconds; at 60 pictures a second. */
const ENCODE_SEC = 5;
/** More than enough for that film on the slowest GPU that has an encoder, and for a driver that hangs. */
const ENCODE_LIMIT_SEC = 60;

/** What is asked inside a Linux guest, by name. Each only reads, but for the encodes, which write nowhere. */
export const PROBES = {
  osRelease: quick('cat', '/etc/os-release'),
  kernel: quick('uname', '-r'),
  modprobe: quick('cat', '/etc/modprobe.d/pveigpu.conf'),
  nodes: quick('ls', '-ln', '/dev/dri'),
  log: quick('dmesg'),
  opencl: quick('clinfo'),
} as const;

/** Where Debian and Ubuntu keep their own archives in the newer form. */
export const SOURCES_FILES: { readonly [distribution: string]: string } = {
  debian: '/etc/apt/sources.list.d/debian.sources',
  ubuntu: '/etc/apt/sources.list.d/ubuntu.sources',
};

/** The text of a file. */
export function readProbe(path: string): InsideCommand {
  return quick('cat', path);
}

/** What stands behind a node of /dev/dri: maker, and the driver that has it. */
export function nodeProbes(node: string): { readonly vendor: InsideCommand; readonly driver: InsideCommand } {
  const device = `/sys/class/drm/${node}/device`;
  return { vendor: quick('cat', `${device}/vendor`), driver: quick('readlink', `${device}/driver`) };
}

/** The VA-API profiles of one render node. */
export function vainfoProbe(node: string): InsideCommand {
  return quick('vainfo', '--display', 'drm', '--device', `/dev/dri/${node}`);
}

const FILM = ['-f', 'lavfi', '-i', 'testsrc2=size=1920x1080:rate=60', '-t', `${ENCODE_SEC}`];
const QUIET = ['ffmpeg', '-hide_banner', '-nostdin', '-nostats', '-benchmark', '-progress', 'pipe:1'] as const;

/** A short encode of a test picture in Full HD through VA-API, to nowhere. */
export function vaapiEncode(node: string): InsideCommand {
  const argv = [
    ...QUIET,
    '-vaapi_device',
    `/dev/dri/${node}`,
    ...FILM,
    '-vf',
    'format=nv12,hwupload',
    '-c:v',
    'h264_vaapi',
    '-f',
    'null',
    '-',
  ] as const;
  return { argv, timeoutSec: ENCODE_LIMIT_SEC };
}

/** The same through Quick Sync (ffmpeg.org, hwaccel: a QSV device made of the VA-API one). */
export function qsvEncode(node: string): InsideCommand {
  const device = ['-init_hw_device', `vaapi=va:/dev/dri/${node}`, '-init_hw_device', 'qsv=hw@va', '-filter_hw_device', 'hw'];
  const argv = [
    ...QUIET,
    ...device,
    ...FILM,
    '-vf',
    'format=nv12,hwupload=extra_hw_frames=64',
    '-c:v',
    'h264_qsv',
    '-f',
    'null',
    '-',
  ] as const;
  return { argv, timeoutSec: ENCODE_LIMIT_SEC };
}

/** Two seconds of the engines' load, while something else runs. */
export const ENGINES: InsideCommand = quick('timeout', '-s', 'INT', '2', 'intel_gpu_top', '-J', '-s', '500');
