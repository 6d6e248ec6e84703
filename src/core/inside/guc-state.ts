// SPDX-License-Identifier: AGPL-3.0-or-later

/** How a guest's GPU is driven, by its kernel log. */
export interface GucState {
  /** `vf`: the driver found itself on a VF; `native`: on a whole GPU; `vgpu`: on a mediated device of GVT-g. */
  readonly role?: 'vf' | 'native' | 'vgpu';
  /** Version of the GuC firmware, where it is told. */
  readonly guc?: string;
  /** Whether GuC schedules the work; absent where the log does not tell. */
  readonly submission?: boolean;
  /** Whether the HuC firmware runs, which low-power encoding needs. */
  readonly huc?: boolean;
}

/**
 * Reads the state of the firmware out of the lines of a kernel log. i915: `GT0: GuC firmware i915/tgl_guc_70.bin version 70.20.0`,
 * `GUC: submission enabled`, on a VF `GuC firmware PRELOADED version 1.4 submission:SR-IOV VF`; xe: `Using GuC firmware from xe/...
 * version 70.44.1`, `Running in SR-IOV VF mode` (drivers/gpu/drm/i915/gt/uc/intel_uc.c, drivers/gpu/drm/xe/xe_uc_fw.c).
 */
export function gucState(lines: readonly string[]): GucState {
  const text = lines.join('\n');
  const role = /Running in SR-IOV VF mode/.test(text)
    ? 'vf'
    : /Virtual GPU for Intel GVT-g detected/.test(text)
      ? 'vgpu'
      : /\b(?:i915|xe) \w+:\w+:\w+\.\w: /.test(text)
        ? 'native'
        : undefined;
  const guc = /GuC firmware (?:PRELOADED|from \S+|\S+) version (\S+)/i.exec(text)?.[1];
  const off = /GuC submission disabled|submission:disabled/i.test(text);
  const on = /submission[: ](?:enabled|SR-IOV VF)/i.test(text) || (/\bxe \w+:/.test(text) && guc !== undefined);
  const huc = /HuC(?: firmware)?:? (?:PRELOADED|authenticated)/i.test(text)
    ? true
    : /HuC.*(?:disabled|failed)/i.test(text)
      ? false
      : undefined;
  return {
    ...(role === undefined ? {} : { role }),
    ...(guc === undefined ? {} : { guc }),
    ...(on || off ? { submission: !off } : {}),
    ...(huc === undefined ? {} : { huc }),
  };
}
