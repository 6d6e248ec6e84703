// SPDX-License-Identifier: AGPL-3.0-or-later

type Format = (value: string) => string | undefined;

const matches = (pattern: RegExp, message: (value: string) => string): Format => {
  return (value) => (pattern.test(value) ? undefined : message(value));
};

/** PVE's named formats that the calls of the simulated node need; messages from PVE::JSONSchema and pve-storage. */
export const FORMATS = {
  vmid: matches(/^[1-9][0-9]{2,8}$/, () => 'value does not look like a valid VM ID'),
  configId: matches(/^[a-z][a-z0-9_-]+$/i, (value) => `invalid configuration ID '${value}'`),
  node: matches(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i, () => 'value does not look like a valid node name'),
  dnsName: matches(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i,
    () => 'value does not look like a valid DNS name',
  ),
  volumeId: matches(/^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i, (value) => `unable to parse volume ID '${value}'`),
  storageId: matches(/^[a-z][a-z0-9\-_.]*[a-z0-9]$/i, (value) => `storage ID '${value}' contains illegal characters`),
  tagList: (value) =>
    splitList(value).every((tag) => /^[a-z0-9_][a-z0-9_\-+.]*$/i.test(tag)) ? undefined : 'invalid characters in tag',
  hostPciId: matches(
    /^([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}(\.[0-9a-f])?(;([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}(\.[0-9a-f])?)*$/,
    () => 'value does not match the regex pattern',
  ),
  devicePath: matches(/^\/dev\/(?!.*(^|\/)\.\.?(\/|$)).+$/, (value) => `${value} is not a valid device path`),
  cpu: (value) => {
    const type = /^(?:cputype=)?([^,=]+)/.exec(value)?.[1] ?? '';
    if (type.startsWith('custom-') || CPU_TYPES.has(type)) return undefined;
    return `Built-in cputype '${type}' is not defined (missing 'custom-' prefix?)`;
  },
} as const satisfies { readonly [name: string]: Format };

/** Splits a list as PVE does: at comma, semicolon, blank or NUL, without empty parts (PVE::Tools `split_list`). */
export function splitList(text: string): string[] {
  return text.split(/[,;\0\s]+/).filter((part) => part !== '');
}

/** Built-in CPU models of qemu-server 9.2 (CPUConfig.pm), those that guests of Intel hosts use. */
const CPU_TYPES = new Set(
  (
    '486 athlon core2duo coreduo kvm32 kvm64 max host pentium pentium2 pentium3 phenom qemu32 qemu64 x86-64-v1 x86-64-v2 ' +
    'x86-64-v2-AES x86-64-v3 x86-64-v4 Conroe Penryn Nehalem Nehalem-IBRS Westmere Westmere-IBRS SandyBridge ' +
    'SandyBridge-IBRS IvyBridge IvyBridge-IBRS Haswell Haswell-IBRS Haswell-noTSX Haswell-noTSX-IBRS Broadwell ' +
    'Broadwell-IBRS Broadwell-noTSX Broadwell-noTSX-IBRS Skylake-Client Skylake-Client-v4 Skylake-Server ' +
    'Icelake-Client Icelake-Server Cooperlake SapphireRapids SapphireRapids-v2 GraniteRapids KnightsMill EPYC EPYC-Rome EPYC-Milan'
  ).split(' '),
);
