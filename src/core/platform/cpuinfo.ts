// SPDX-License-Identifier: AGPL-3.0-or-later

/** Enough of `/proc/cpuinfo` to hold the first processor, in bytes: one is below 3 KiB, a big machine has hundreds. */
export const CPUINFO_BYTES = 16 * 1024;

/** The first processor of `/proc/cpuinfo`; what is not told is absent. */
export interface FirstProcessor {
  readonly model?: string;
  readonly vendor?: string;
  readonly microcode?: string;
  readonly hasVmx: boolean;
}

/** Reads the first processor's paragraph and stops there. */
export function parseFirstProcessor(text: string): FirstProcessor {
  const end = text.search(/\n[ \t]*\n/);
  const fields = new Map<string, string>();
  for (const line of (end < 0 ? text : text.slice(0, end)).split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  const field = (name: string) => fields.get(name) || undefined;
  const [model, vendor, microcode] = [field('model name'), field('vendor_id'), field('microcode')];
  return {
    ...(model === undefined ? {} : { model }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(microcode === undefined ? {} : { microcode }),
    hasVmx: (field('flags') ?? '').split(/\s+/).includes('vmx'),
  };
}

/** The part of `/proc/cpuinfo` that facts rest on, for a capture. */
export function keptCpuinfo(text: string): string {
  const { model, vendor, microcode, hasVmx } = parseFirstProcessor(text);
  const line = (name: string, value: string | undefined) => (value === undefined ? '' : `${name}\t: ${value}\n`);
  return [
    line('vendor_id', vendor),
    line('model name', model),
    line('microcode', microcode),
    line('flags', hasVmx ? 'vmx' : undefined),
  ].join('');
}
