// SPDX-License-Identifier: AGPL-3.0-or-later
import { hostpciFlag, hostpciValue } from '../../core/guest/hostpci.ts';
import type { ChosenHostPci, HostPci } from './hostpci.ts';
import { Die, ENOENT } from './perl-die.ts';

/** What PVE checks of passthrough against the machine before it picks devices (PCI.pm, verbatim messages). */
export function checkHostPci(entries: readonly HostPci[], values: ReadonlyMap<string, string>, q35: boolean): void {
  let legacy = 0;
  for (const { value, alternatives, mdevUuid } of entries) {
    if (hostpciFlag(value, 'pcie') && !q35)
      throw new Die('q35 machine model is not enabled at /usr/share/perl5/PVE/QemuServer/PCI.pm line 510.\n', {
        exitCode: ENOENT,
      });
    if (!hostpciFlag(value, 'legacy-igd')) continue;
    legacy += 1;
    const [devices = []] = alternatives;
    const incompatible = (what: string) => `legacy IGD assignment is not compatible with ${what}\n`;
    const faults: [boolean, string][] = [
      [legacy > 1, 'only one device can be assigned in legacy-igd mode\n'],
      [values.get('vga') !== 'none', "legacy IGD assignment requires VGA mode to be 'none'\n"],
      [!hostpciFlag(value, 'rombar'), 'legacy IGD assignment requires rombar to be enabled\n'],
      [hostpciFlag(value, 'x-vga'), incompatible('x-vga')],
      [mdevUuid !== undefined, incompatible('mdev')],
      [q35, incompatible('q35')],
      [devices.length > 1, incompatible('multifunction devices')],
      [alternatives.length > 1, incompatible('alternate devices')],
      [!/02\.0$/.test(devices[0]?.id ?? ''), 'legacy IGD assignment only works for devices on host bus 00:02.0\n'],
    ];
    const fault = faults.find(([wrong]) => wrong);
    if (fault !== undefined) throw new Die(fault[1], { exitCode: ENOENT });
  }
}

/** QEMU's arguments for a guest's passthrough devices (PCI.pm `print_hostpci_devices`). */
export function hostPciArgs(entries: readonly ChosenHostPci[], q35: boolean, ovmf: boolean): string[] {
  return entries.flatMap((entry) => {
    const pcie = q35 && hostpciFlag(entry.value, 'pcie');
    const port = entry.index + 1;
    const rootPort =
      pcie && entry.index >= 4
        ? [
            '-device',
            `pcie-root-port,id=ich9-pcie-port-${port},addr=${entry.index < 12 ? '10' : '11'}.${(entry.index - 4) % 8},` +
              `x-speed=16,x-width=32,multifunction=on,bus=pcie.0,port=${port},chassis=${port}`,
          ]
        : [];
    const place = pcie ? [`ich9-pcie-port-${port}`, '0x0'] : slotOf(entry);
    const functions = entry.mdevUuid === undefined ? entry.devices : entry.devices.slice(0, 1);
    const devices = functions.flatMap((device, at) => {
      const many = functions.length > 1 ? `.${at}` : '';
      const source = entry.mdevUuid === undefined ? `host=${device.id}` : `sysfsdev=/sys/bus/mdev/devices/${entry.mdevUuid}`;
      const first = at === 0 ? firstFunction(entry, functions.length > 1, ovmf) : '';
      const migration = entry.migrates ? ',enable-migration=on' : '';
      return [
        '-device',
        `vfio-pci,${source}${migration},id=${entry.name}${many},bus=${place[0]},addr=${place[1]}${many}${first}`,
      ];
    });
    return [...rootPort, ...devices];
  });
}

/** Conventional places on pci.0 and, from the fifth device on, pci.2 (PCI.pm `print_pci_addr`). */
function slotOf(entry: ChosenHostPci): [string, string] {
  if (hostpciFlag(entry.value, 'legacy-igd')) return ['pci.0', '0x2'];
  const low = ['0x10', '0x11', '0x1b', '0x1c'][entry.index];
  return low === undefined ? ['pci.2', `0x${(0xd + entry.index - 4).toString(16)}`] : ['pci.0', low];
}

function firstFunction({ value }: ChosenHostPci, multifunction: boolean, ovmf: boolean): string {
  const romfile = hostpciValue(value, 'romfile');
  const ids = (['vendor-id', 'device-id', 'sub-vendor-id', 'sub-device-id'] as const).map((key) => {
    const id = hostpciValue(value, key);
    return id === undefined ? '' : `,x-pci-${key}=${id}`;
  });
  return [
    hostpciFlag(value, 'rombar') ? '' : ',rombar=0',
    hostpciFlag(value, 'x-vga') && !ovmf ? ',x-vga=on' : '',
    multifunction ? ',multifunction=on' : '',
    romfile === undefined ? '' : `,romfile=/usr/share/kvm/${romfile}`,
    ...ids,
  ].join('');
}
