// SPDX-License-Identifier: AGPL-3.0-or-later

const UUID = /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi;
/** The form of PVE's own mediated devices: index and VMID in an otherwise empty UUID (qemu-server PCI.pm generate_mdev_uuid). */
const OWN_MDEV = /^[0-9]{8}-0000-0000-0000-[0-9]{12}$/;
/**
 * Name spaces of EFI variables, the same on every machine: UEFI's (UEFI specification 3.3, image security database) and the Boot
 * Loader Interface's (https://systemd.io/BOOT_LOADER_INTERFACE/).
 */
const UEFI = new Set([
  '8be4df61-93ca-11d2-aa0d-00e098032b8c',
  'd719b2cb-3d3a-4596-a3bc-dad00e67656f',
  '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f',
]);

const MAC = /(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])|(?<![\w-])(?:[0-9a-f]{2}-){5}[0-9a-f]{2}(?![\w-])/gi;
const EMAIL = /[\w.+-]+@(?!lists\.debian\.org)[\w-]+(?:\.[\w-]+)+/g;
const IPV4 = /(?<![\w.])(?!127\.|0\.0\.0\.0)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])/g;
const IPV6 =
  /(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){2,7}:)(?![\w:.])/gi;
const PASSWORD = /\b(pass(?:word|wd|phrase)?|pwd|secret|token|psk)(=|:\s)[^\s,]+/gi;
const SERIAL = /\b(serial(?:[ _-]?(?:number|no))?|s\/n)(\s*[:=#]\s*)\S+/gi;

/** A UUID without meaning: zeros, in the shape that it had. PVE's own and UEFI's name spaces say nothing and stay. */
export function scrubUuids(text: string): string {
  return text.replace(UUID, (uuid) =>
    OWN_MDEV.test(uuid) || UEFI.has(uuid.toLowerCase()) ? uuid : '00000000-0000-0000-0000-000000000000',
  );
}

/** Free text without what names a machine, a network or a person: UUIDs, MACs, addresses, mail, serial numbers. */
export function scrubText(text: string): string {
  return scrubUuids(text)
    .replace(MAC, '00:00:00:00:00:00')
    .replace(EMAIL, 'somebody@example.org')
    .replace(IPV4, '192.0.2.1')
    .replace(IPV6, '2001:db8::1')
    .replace(SERIAL, '$1$20')
    .replace(PASSWORD, '$1$2_');
}
