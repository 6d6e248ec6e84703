// SPDX-License-Identifier: AGPL-3.0-or-later

/** What `vainfo` says of a VA-API driver. */
export interface VaInfo {
  readonly apiVersion?: string;
  /** As the driver calls itself, with its version. */
  readonly driver?: string;
  /** Profiles in order of appearance, each with its entry points. */
  readonly profiles: readonly { readonly profile: string; readonly entrypoints: readonly string[] }[];
  /** Why there is no driver, in its own words. */
  readonly failure?: string;
}

/** One codec as people name it, and what the hardware does with it through VA-API. */
export interface VaCodec {
  readonly codec: string;
  readonly decodes: boolean;
  readonly encodes: boolean;
  /** Encodes with the fixed-function unit (`EncSliceLP`), which needs the HuC firmware for most rate controls. */
  readonly lowPower: boolean;
}

/** Codecs by the start of their profiles' names (libva va.h), in the order in which they are shown. */
const CODECS: readonly (readonly [string, string])[] = [
  ['H264', 'H.264'],
  ['HEVC', 'HEVC'],
  ['AV1', 'AV1'],
  ['VP9', 'VP9'],
  ['VP8', 'VP8'],
  ['VVC', 'VVC'],
  ['MPEG2', 'MPEG-2'],
  ['VC1', 'VC-1'],
  ['JPEG', 'JPEG'],
];

/** Reads what `vainfo` printed, both streams together: libva's own lines go to standard error. */
export function parseVainfo(text: string): VaInfo {
  const profiles = new Map<string, string[]>();
  for (const [, profile = '', entrypoint = ''] of text.matchAll(
    /^[ \t]*(VAProfile\w+)[ \t]*:[ \t]*(VAEntrypoint\w+)[ \t]*\r?$/gm,
  )) {
    const known = profiles.get(profile);
    if (known === undefined) profiles.set(profile, [entrypoint]);
    else known.push(entrypoint);
  }
  const apiVersion = /^vainfo: VA-API version: (\S+)/m.exec(text)?.[1];
  const driver = /^vainfo: Driver version: (.+?)\s*$/m.exec(text)?.[1];
  const failure = driver === undefined ? failureOf(text) : undefined;
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(driver === undefined ? {} : { driver }),
    profiles: [...profiles].map(([profile, entrypoints]) => ({ profile, entrypoints })),
    ...(failure === undefined ? {} : { failure }),
  };
}

function failureOf(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const telling = [/^libva error: /, /failed|can't|cannot|permission denied|no such/i];
  return telling.map((pattern) => lines.find((line) => pattern.test(line))).find((line) => line !== undefined);
}

/** What the driver does with each codec that it knows. */
export function vaCodecs({ profiles }: VaInfo): readonly VaCodec[] {
  return CODECS.flatMap(([start, codec]) => {
    const own = profiles
      .filter(({ profile }) => profile.startsWith(`VAProfile${start}`))
      .flatMap(({ entrypoints }) => entrypoints);
    if (own.length === 0) return [];
    const lowPower = own.includes('VAEntrypointEncSliceLP');
    const encodes = lowPower || own.includes('VAEntrypointEncSlice') || own.includes('VAEntrypointEncPicture');
    return [{ codec, decodes: own.includes('VAEntrypointVLD'), encodes, lowPower }];
  });
}
