// SPDX-License-Identifier: AGPL-3.0-or-later

/** One device where PVE puts `hostpciN`, and the slots that lead to it. */
export interface PveSlot {
  readonly index: number;
  readonly arguments: readonly string[];
  /** As `1c.0 00.0`. */
  readonly slots: string;
}

/** How PVE's machines are laid out (its command lines in qemu-server src/test/cfg2cmd, and pve-q35-4.0.cfg). */
export interface PveLayout {
  readonly bridges: readonly string[];
  readonly devices: readonly PveSlot[];
}

const INDICES = Array.from({ length: 16 }, (_, index) => index);
const hex = (slot: number) => slot.toString(16).padStart(2, '0');
const device = (index: number, place: string) => ['-device', `virtio-rng-pci,id=hostpci${index},${place}`];

/** Slots of `hostpciN` on a conventional bus: pci.0 for the first four, else pci.2. */
function conventional(index: number): readonly [bus: 'pci.0' | 'pci.2', slot: number] {
  const first = [0x10, 0x11, 0x1b, 0x1c][index];
  return first === undefined ? ['pci.2', 0x0d + index - 4] : ['pci.0', first];
}

/** i440fx: all sixteen. */
export const PC: PveLayout = {
  bridges: [
    '-device',
    'pci-bridge,id=pci.1,chassis_nr=1,bus=pci.0,addr=0x1e',
    '-device',
    'pci-bridge,id=pci.2,chassis_nr=2,bus=pci.0,addr=0x1f',
  ],
  devices: INDICES.map((index) => {
    const [bus, slot] = conventional(index);
    const slots = bus === 'pci.0' ? `${hex(slot)}.0` : `1f.0 ${hex(slot)}.0`;
    return { index, arguments: device(index, `bus=${bus},addr=0x${hex(slot)}`), slots };
  }),
};

/** q35, each with `pcie=1`: below a root port of its own. */
export const Q35: PveLayout = {
  bridges: INDICES.flatMap((index) => [
    '-device',
    `pcie-root-port,id=ich9-pcie-port-${index + 1},addr=${portOf(index)},multifunction=on,bus=pcie.0,port=${index + 1},chassis=${index + 1}`,
  ]),
  devices: INDICES.map((index) => ({
    index,
    arguments: device(index, `bus=ich9-pcie-port-${index + 1},addr=0x0`),
    slots: `${portOf(index)} 00.0`,
  })),
};

/** q35 without `pcie`: behind the bridges of PVE's file. */
export const Q35_CONVENTIONAL: PveLayout = {
  bridges: [
    ...['-device', 'i82801b11-bridge,id=pcidmi,bus=pcie.0,addr=1e.0'],
    ...[0, 1, 2, 3].flatMap((bus) => ['-device', `pci-bridge,id=pci.${bus},bus=pcidmi,addr=${bus + 1}.0,chassis_nr=${bus + 1}`]),
  ],
  devices: INDICES.map((index) => {
    const [bus, slot] = conventional(index);
    return {
      index,
      arguments: device(index, `bus=${bus},addr=0x${hex(slot)}`),
      slots: `1e.0 ${bus === 'pci.0' ? '01' : '03'}.0 ${hex(slot)}.0`,
    };
  }),
};

/** q35 as PVE starts it without any passthrough: four root ports, and the bridges. */
export const Q35_BARE: PveLayout = { bridges: [...Q35.bridges.slice(0, 8), ...Q35_CONVENTIONAL.bridges], devices: [] };

/** QEMU's arguments for a whole layout. */
export function layoutArguments({ bridges, devices }: PveLayout): readonly string[] {
  return [...bridges, ...devices.flatMap((one) => one.arguments)];
}

function portOf(index: number): string {
  if (index < 4) return `1c.${index}`;
  return index < 12 ? `10.${index - 4}` : `11.${index - 12}`;
}
