// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * An unsigned number as the kernel's `kstrtou*` reads it with base 0: one line end may follow, `0x` and leading zeros count,
 * a plus sign passes, blanks do not (lib/kstrtox.c). Undefined when it is malformed or above `max`.
 */
export function kstrtou(text: string, max: number): number | undefined {
  const body = text.replace(/\n$/, '').replace(/^\+/, '');
  const value = /^0x[0-9a-f]+$/i.test(body)
    ? Number.parseInt(body.slice(2), 16)
    : /^0[0-7]*$/.test(body)
      ? Number.parseInt(body, 8)
      : /^[1-9][0-9]*$/.test(body)
        ? Number(body)
        : undefined;
  return value === undefined || value > max ? undefined : value;
}

/** A truth value as `kstrtobool` reads it: only the first letters count (lib/kstrtox.c). */
export function kstrtobool(text: string): boolean | undefined {
  if (/^(y|t|1|on)/i.test(text)) return true;
  if (/^(n|f|0|of)/i.test(text)) return false;
  return undefined;
}

/** `major.minor` of a kernel release as one comparable number, 6.17 as 6017. */
export function kernelNumber(release: string): number {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return Number(major) * 1000 + Number(minor);
}
