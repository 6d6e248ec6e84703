// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { createSimulatedNode } from '../../../src/simulator/simulated-node.ts';
import type { Scenario } from '../../simulator/run-scenario.ts';
import { guestProgram } from '../calibration/guest-program.ts';
import { runOnKernel } from '../calibration/run-on-kernel.ts';
import { profileOf, runOnSimulator } from '../calibration/run-on-simulator.ts';
import { withMachine } from './with-machine.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';
const FOLDERS = [
  PF,
  '/sys/bus/pci/devices/0000:00:02.1',
  '/sys/bus/pci/drivers/i915',
  '/sys/bus/pci/drivers/vfio-pci',
  '/sys/bus/pci',
];

/** Two VFs, the first with vfio-pci. */
const PREPARED: Scenario = {
  name: 'attributes',
  profile: 'raptor-lake-s',
  steps: [
    { modprobe: 'vfio-pci', expect: 'ok' },
    { write: '$PF/sriov_drivers_autoprobe', value: '0', expect: 'ok' },
    { write: '$PF/sriov_numvfs', value: '2', expect: 'ok' },
    { write: '$VF1/driver_override', value: 'vfio-pci', expect: 'ok' },
    { write: '$BUS/drivers_probe', value: '0000:00:02.1', expect: 'ok' },
  ],
};

/** What the simulator leaves out because nothing of the product reads it. */
const LEFT_OUT =
  /^(broken_parity_status|consistent_dma_mask_bits|dma_mask_bits|current_link_(speed|width)|max_link_(speed|width)|firmware_node|iommu|link|local_cpu(s|list)|msi_bus|msi_irqs|resource\d(_wc)?|aer_|slots|resource_alignment|graphics|vfio-dev|sriov_vf_msix_count|waiting_for_supplier|consumer:|supplier:)/;
/** What only real graphics hardware has: its ROM, and the frame buffer of its driver, which the stand-in has not. */
const HARDWARE = /^(rom$|graphics )/;

/** `name type mode`, one a line, as the simulator shows a folder. Links have no mode. */
function simulated(folder: string): readonly string[] {
  const node = createSimulatedNode(profileOf(PREPARED));
  const { kernel, tree } = node.machine;
  kernel.modprobe('vfio-pci');
  kernel.write(`${PF}/sriov_drivers_autoprobe`, '0');
  kernel.write(`${PF}/sriov_numvfs`, '2');
  kernel.write('/sys/bus/pci/devices/0000:00:02.1/driver_override', 'vfio-pci');
  kernel.write('/sys/bus/pci/drivers_probe', '0000:00:02.1');
  return (tree.names(folder) ?? []).map((name) => {
    const found = tree.lookup(`${folder}/${name}`, false);
    const entry = 'node' in found ? found.node : undefined;
    if (entry?.kind === 'file') return `${name} file ${(entry.mode & 0o777).toString(8)}`;
    return `${name} ${entry?.kind === 'symlink' ? 'link' : 'directory'}`;
  });
}

withMachine('attributes of the simulator', { mode: 'fast', append: 'modprobe.blacklist=i915,xe,kvmgt,vfio_pci' }, (machine) => {
  test.each(FOLDERS)('%s has the names, kinds and modes of the kernel', async (folder) => {
    const run = await runOnSimulator(PREPARED);
    const kernel = await runOnKernel(machine(), PREPARED, guestProgram(PREPARED, run));
    expect(kernel).toHaveProperty('observations');
    const script = `cd ${folder}/ && for n in *; do if [ -L "$n" ]; then echo "$n link"; elif [ -d "$n" ]; then echo "$n directory"; else echo "$n file $(stat -c %a "$n")"; fi; done`;
    const real = (await machine().must(script))
      .trim()
      .split('\n')
      .filter((line) => !/^0000:/.test(line));
    const mine = simulated(folder).filter((line) => !/^0000:/.test(line) && !HARDWARE.test(line));
    expect(
      mine.filter((line) => !real.includes(line)),
      'only in the simulator',
    ).toEqual([]);
    expect(
      real.filter((line) => !mine.includes(line) && !LEFT_OUT.test(line)),
      'only in the kernel',
    ).toEqual([]);
  });
});
