// SPDX-License-Identifier: AGPL-3.0-or-later
import { hostpciFlag, parseHostpci } from '../guest/hostpci.ts';
import { problem, type Result } from '../problem.ts';
import type { AcpiNode } from './rom-method.ts';

/** What of a VM decides where its devices are: the keys of its configuration as the next start sees them. */
type Config = { readonly [key: string]: string };

/**
 * The ACPI node that QEMU describes for `hostpciN`: PVE's fixed addresses (qemu-server PCI.pm, get_pci_addr_map, get_pcie_addr_map,
 * print_pcie_root_port, and pve-q35-4.0.cfg) in QEMU's names, `S` and slot * 8 + function in hex (hw/i386/acpi-build.c). Fails with
 * `guest.config` where the entry is missing, cannot be read, or lies where no name is known.
 */
export function guestNode(config: Config, index: number): Result<AcpiNode> {
  const key = `hostpci${index}`;
  const value = config[key];
  if (value === undefined) return problem('guest.config', `The guest has no ${key}.`, { hint: 'See pveigpu assignments.' });
  const entry = parseHostpci(value);
  if (!entry.ok) return entry;
  const isQ35 = /(?:^|[=-])q35/.test(config.machine ?? '');
  if (/^aarch64/.test(config.arch ?? '')) return nowhere(key, 'the guest is none of x86');
  if (!isQ35) {
    if (Object.values(config).some((other) => /(?:^|,)legacy-igd=(?:1|on|yes|true)/i.test(other)))
      return nowhere(key, 'the guest has a GPU in legacy mode too, which moves a bridge');
    return { ok: true, value: conventional('\\_SB.PCI0', '\\_SB.PCI0.SF8', index) };
  }
  if (!hostpciFlag(entry.value, 'pcie')) {
    // The bridge `pcidmi` at 1e.0, behind it pci.0 at slot 1 and pci.2 at slot 3.
    return { ok: true, value: conventional('\\_SB.PCI0.SF0.S08', '\\_SB.PCI0.SF0.S18', index) };
  }
  if (config.ostype === 'win7') return nowhere(key, 'PVE puts devices of Windows 7 elsewhere');
  return { ok: true, value: { bus: `\\_SB.PCI0.${rootPort(index)}`, device: 'S00', address: 0 } };
}

/** Slots 10, 11, 1b and 1c of the first bus, then slots d to 18 of a bridge. */
function conventional(first: string, bridge: string, index: number): AcpiNode {
  const slot = [0x10, 0x11, 0x1b, 0x1c][index] ?? 0x0d + index - 4;
  return { bus: index < 4 ? first : bridge, device: named(slot, 0), address: slot << 16 };
}

/** Root ports 1c.0 to 1c.3 of PVE's file, then 10.0 to 10.7 and 11.0 to 11.3. */
function rootPort(index: number): string {
  if (index < 4) return named(0x1c, index);
  return index < 12 ? named(0x10, index - 4) : named(0x11, index - 12);
}

function named(slot: number, fn: number): string {
  return `S${((slot << 3) | fn).toString(16).toUpperCase().padStart(2, '0')}`;
}

function nowhere(key: string, why: string): Result<AcpiNode> {
  return problem('guest.config', `It is not known where ACPI describes ${key}: ${why}.`, {
    hint: 'Use the machine q35 and pcie=1, or another guest.',
  });
}
