// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Simulated } from '../../../app/simulated.ts';
import { makeRom, type RomImage } from '../../../support/option-rom.ts';
import { addLine, all, logs } from '../acts.ts';
import { type StatesByFinding, state } from '../doctor-state.ts';

const SEABIOS = addLine(101, 'hostpci0: 0000:00:02.0,legacy-igd=1,romfile=igd.rom');
const OVMF = addLine(100, 'hostpci0: 0000:00:02.0,romfile=igd.rom');
const WITHOUT = addLine(101, 'hostpci0: 0000:00:02.0,legacy-igd=1');

function file(content: Uint8Array | string): (node: Simulated) => void {
  return (node) => void node.node.machine.tree.setFile('/usr/share/kvm/igd.rom', content);
}

function rom(...images: readonly RomImage[]): (node: Simulated) => void {
  return file(makeRom(...images));
}

const GOOD = rom({ device: 0x5a85 });
const NO_ROM = logs('vfio-pci 0000:00:02.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0x4284');

/** Machine states for the findings of the area `rom`. */
export const ROM_STATES: StatesByFinding = {
  'rom.missing': {
    triggers: [
      state('no such file', 'apollo-lake', SEABIOS),
      state('a path instead of a name', 'apollo-lake', all(GOOD, addLine(101, 'hostpci0: 0000:00:02.0,romfile=roms/igd.rom'))),
    ],
    clear: [state('it is there', 'apollo-lake', all(SEABIOS, GOOD)), state('no guest names one', 'apollo-lake')],
  },
  'rom.damaged': {
    triggers: [
      state('a page of a web server', 'apollo-lake', all(SEABIOS, file('<!DOCTYPE html><title>404</title>'))),
      state('only ones', 'apollo-lake', all(SEABIOS, file(new Uint8Array(65536).fill(255)))),
      state('cut off', 'apollo-lake', all(SEABIOS, file(makeRom({ blocks: 64 }).slice(0, 16384)))),
    ],
    clear: [
      state('a whole ROM', 'apollo-lake', all(SEABIOS, GOOD)),
      state('no image says that it is the last', 'apollo-lake', all(SEABIOS, rom({ isLast: false }))),
    ],
  },
  'rom.other-id': {
    triggers: [state('0406, as dumps of integrated GPUs have it', 'apollo-lake', all(SEABIOS, rom({ device: 0x0406 })))],
    clear: [
      state('the id of the GPU', 'apollo-lake', all(SEABIOS, GOOD)),
      state('OVMF does not look at it', 'apollo-lake', all(OVMF, rom({ device: 0x0406 }, { codeType: 3 }))),
      state(
        'the guest sees that id',
        'apollo-lake',
        all(addLine(101, 'hostpci0: 0000:00:02.0,device-id=0x0406,romfile=igd.rom'), rom({ device: 0x0406 })),
      ),
    ],
  },
  'rom.bad-checksum': {
    triggers: [state('an id was changed, and no more', 'apollo-lake', all(SEABIOS, rom({ checksumError: 1 })))],
    clear: [
      state('it is right', 'apollo-lake', all(SEABIOS, GOOD)),
      state('OVMF does not look at it', 'apollo-lake', all(OVMF, rom({ checksumError: 1 }, { codeType: 3 }))),
    ],
  },
  'rom.other-firmware': {
    triggers: [
      state('OVMF with a VBIOS alone', 'apollo-lake', all(OVMF, GOOD)),
      state('SeaBIOS with a GOP driver alone', 'apollo-lake', all(SEABIOS, rom({ codeType: 3 }))),
    ],
    clear: [
      state('both are there', 'apollo-lake', all(OVMF, rom({}, { codeType: 3 }))),
      state('SeaBIOS with a VBIOS', 'apollo-lake', all(SEABIOS, GOOD)),
    ],
  },
  'rom.not-on-device': {
    triggers: [state('said at a start', 'apollo-lake', all(WITHOUT, NO_ROM))],
    clear: [
      state('the guest has a file', 'apollo-lake', all(SEABIOS, GOOD, NO_ROM)),
      state('the guest wants none', 'apollo-lake', all(addLine(101, 'hostpci0: 0000:00:02.0,rombar=0'), NO_ROM)),
      state('nothing was said', 'apollo-lake', WITHOUT),
    ],
  },
};
