// SPDX-License-Identifier: AGPL-3.0-or-later
import type { KernelState, Outcome, SimDevice } from './state.ts';

/** Memory decode in the command register, at 4 in config space. */
const COMMAND = 4;
const MEMORY_DECODE = 0x02;

/** The file `rom` of a device: it can be read only while it is switched on (kernel drivers/pci/pci-sysfs.c, pci_read_rom). */
export function showRom({ tree }: KernelState, { path }: SimDevice): void {
  tree.set(`${path}/rom`, { kind: 'file', content: '', mode: 0o600, uid: 0, gid: 0, unreadable: 'EINVAL' });
}

/**
 * Switches the ROM on, or off for `0` and a line end alone (pci_write_rom asks for two bytes). A device that sleeps or does not decode
 * gives ones, in which the kernel finds no ROM (drivers/pci/rom.c, pci_get_rom_size).
 */
export function writeRom(state: KernelState, device: SimDevice, value: string): Outcome {
  if (value.startsWith('0') && value.length === 2) {
    showRom(state, device);
    return 'ok';
  }
  const { tree, injections } = state;
  const power = tree.text(`${device.path}/power_state`)?.trim();
  const config = tree.get(`${device.path}/config`);
  const command = config?.kind === 'file' && typeof config.content !== 'string' ? (config.content[COMMAND] ?? 0) : 0;
  const answers = power === 'D0' && (command & MEMORY_DECODE) !== 0;
  const content = answers ? injections.rom : undefined;
  if (content === undefined) {
    const got = answers ? '0x0000' : '0xffff';
    state.log(`pci ${device.bdf}: Invalid PCI ROM header signature: expecting 0xaa55, got ${got}`);
  }
  const file = { kind: 'file', mode: 0o600, uid: 0, gid: 0, content: content ?? '' } as const;
  tree.set(`${device.path}/rom`, content === undefined ? { ...file, unreadable: 'EIO' } : file);
  return 'ok';
}

/** Enables a device without a driver, which makes it decode; disabling leaves that as it is (drivers/pci/pci.c, do_pci_disable_device). */
export function writeEnable(state: KernelState, device: SimDevice, value: string): Outcome {
  if (device.driver !== null) return 'EBUSY';
  const isOn = value.trim() === '1';
  const config = state.tree.get(`${device.path}/config`);
  if (isOn && config?.kind === 'file' && typeof config.content !== 'string') {
    const bytes = config.content.slice();
    bytes[COMMAND] = (bytes[COMMAND] ?? 0) | MEMORY_DECODE;
    config.content = bytes;
  }
  state.tree.setFile(`${device.path}/enable`, isOn ? '1\n' : '0\n', { mode: 0o644 });
  return 'ok';
}

/** A device whose power is kept on wakes up (Documentation/ABI/testing/sysfs-devices-power). */
export function writePowerControl(state: KernelState, device: SimDevice, value: string): Outcome {
  const word = value.trim();
  if (word !== 'on' && word !== 'auto') return 'EINVAL';
  state.tree.setFile(`${device.path}/power/control`, `${word}\n`, { mode: 0o644 });
  if (word === 'on') state.tree.setFile(`${device.path}/power_state`, 'D0\n', { mode: 0o444 });
  return 'ok';
}
