// SPDX-License-Identifier: AGPL-3.0-or-later

const FIELD = 'origin_kernel=';

/**
 * `origin_kernel` out of a module file's `.modinfo` section, a list of NUL-terminated `name=value` texts: i915-sriov-dkms
 * writes there which kernel tree its code is from, for example `6.17`. Undefined for compressed files and other modules.
 */
export function originKernelOf(file: Uint8Array): string | undefined {
  const text = new TextDecoder('latin1').decode(file);
  for (let at = text.indexOf(FIELD); at >= 0; at = text.indexOf(FIELD, at + 1)) {
    if (at > 0 && text[at - 1] !== '\0') continue;
    const value = /^[0-9]{1,3}(\.[0-9]{1,4}){0,3}(?=\0|$)/.exec(text.slice(at + FIELD.length, at + FIELD.length + 20))?.[0];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The part of a module file that facts rest on, for a capture: the one field, or nothing. */
export function keptModuleFile(file: Uint8Array): string {
  const origin = originKernelOf(file);
  return origin === undefined ? '' : `${FIELD}${origin}`;
}
