// SPDX-License-Identifier: AGPL-3.0-or-later

/** How one run of ffmpeg went. */
export interface FfmpegRun {
  /** Frames that were written; 0 where none is told. */
  readonly frames: number;
  /** Frames a second of the whole run; absent where it is not told. */
  readonly fps?: number;
  /** Real time of the run in seconds, by `-benchmark`. */
  readonly seconds?: number;
  /** How many times faster than the video plays. */
  readonly speed?: number;
  /** Whether it came to its end by itself. */
  readonly finished: boolean;
  /** Its last line that speaks of an error, when it did not finish. */
  readonly failure?: string;
}

/**
 * Reads ffmpeg's output: the `key=value` blocks of `-progress`, the line of statistics, and the `bench:` lines of
 * `-benchmark` (fftools/ffmpeg.c, print_report and ffmpeg_cleanup). Newer versions leave out what they do not know (`N/A`).
 */
export function parseFfmpegRun(text: string): FfmpegRun {
  const statistics = [
    ...text.matchAll(/\bframe=\s*(\d+) fps=\s*([\d.]+)[^\n\r]*?(?:speed=\s*([\d.]+(?:e[+-]?\d+)?)x)?\s*[\r\n]/g),
  ].at(-1);
  const frames = Number(lastOf(text, 'frame') ?? statistics?.[1] ?? 0);
  const seconds = numberOf(/^bench: utime=\S+(?: stime=\S+)? rtime=([\d.]+)s/m.exec(text)?.[1]);
  const told = numberOf(lastOf(text, 'fps') ?? statistics?.[2]);
  const speed = numberOf(lastOf(text, 'speed')?.replace(/x$/, '') ?? statistics?.[3]);
  // Early versions and very short runs tell 0 frames a second; the benchmark's own time then is better.
  const fps =
    told !== undefined && told > 0 ? told : seconds !== undefined && seconds > 0 && frames > 0 ? frames / seconds : undefined;
  const progress = lastOf(text, 'progress');
  const finished = progress === undefined ? /^bench: |Lsize=/m.test(text) && frames > 0 : progress === 'end' && frames > 0;
  const failure = finished ? undefined : failureOf(text);
  return {
    frames,
    ...(fps === undefined ? {} : { fps }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(speed === undefined ? {} : { speed }),
    finished,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** The last value of a key of `-progress`: a line of its own. */
function lastOf(text: string, key: string): string | undefined {
  return [...text.matchAll(new RegExp(`^${key}=[ \\t]*([^\\s=]+)[ \\t]*\\r?$`, 'gm'))].at(-1)?.[1];
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** What people quote of a failed run; the first such line is the cause, the later ones follow from it. */
function failureOf(text: string): string | undefined {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.find((line) =>
    /no usable|error|failed|unknown encoder|no such|cannot|can't|invalid|denied|not found|unsupported/i.test(line),
  );
}
