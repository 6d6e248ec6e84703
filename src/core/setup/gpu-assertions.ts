// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_UNIT_NAME } from '../boot/vf-boot-unit.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { GpuVerdict } from '../gpu/verdict.ts';
import type { DesiredGpu } from '../plan/desired.ts';
import { vfsOf } from '../vf/vf.ts';
import type { Assertion } from './assertion.ts';
import type { SetupWorld } from './setup-wish.ts';

/** What must be true of one GPU now when it is in its mode. */
export function gpuAssertions(world: SetupWorld, device: PciDevice, gpu: GpuVerdict, wish: DesiredGpu): readonly Assertion[] {
  const of = (id: string, isSo: boolean, text: string): Assertion => ({
    id: `assert.${id}`,
    subject: device.bdf,
    answer: isSo ? 'yes' : 'no',
    text,
  });
  const driver = device.driver ?? 'no driver';
  const isGraphics = device.driver === 'i915' || device.driver === 'xe';
  switch (wish.mode) {
    case 'host':
      return [of('driver', isGraphics, `The host's own driver should have the GPU; ${driver} has it.`)];
    case 'gvt-d':
      return [of('driver', device.driver === 'vfio-pci', `vfio-pci should have the GPU; ${driver} has it.`)];
    case 'gvt-g': {
      const types = (device.mdevTypes ?? []).length;
      const found =
        types > 0 ? `${types} types of mediated devices are offered.` : `No mediated devices are offered; ${driver} has the GPU.`;
      return [of('mdev', types > 0, found)];
    }
    case 'sriov':
      return sriov(world, device, gpu, wish, of);
  }
}

function sriov(
  { facts, enabledUnits }: SetupWorld,
  device: PciDevice,
  gpu: GpuVerdict,
  wish: DesiredGpu,
  of: (id: string, isSo: boolean, text: string) => Assertion,
): readonly Assertion[] {
  const judged = modeOf(gpu, 'sriov');
  const reason = judged.reasons[0]?.text ?? 'Nothing is known of it.';
  const backend = wish.driver === undefined || judged.backend === wish.driver;
  const isReady = judged.readiness === 'now' && backend;
  const pci = ifKnown(facts.pci);
  const vfs = pci === undefined ? [] : vfsOf(pci, device);
  const wanted = wish.numVfs ?? judged.maxVfs;
  const loose = vfs.filter((vf) => vf.device?.driver !== judged.vfioDriver && vf.device?.driver !== 'vfio-pci');
  // Who makes VFs by other means leaves them to the host's driver, from which PVE takes one when its guest starts.
  const isTheirs = !enabledUnits.includes(VF_BOOT_UNIT_NAME) && device.sriov?.driversAutoprobe === true;
  const held = loose.map(({ bdf }) => bdf).join(', ');
  const count = wanted === undefined ? vfs.length > 0 : vfs.length === wanted;
  return [
    of('driver', isReady, isReady ? `The driver gives VFs (${judged.backend}).` : `The driver gives no VFs: ${reason}`),
    of('vfs', count, `There should be ${wanted ?? 'some'} VFs; there are ${vfs.length}.`),
    ...(vfs.length === 0
      ? []
      : [
          of(
            'vfio',
            loose.length === 0 || isTheirs,
            loose.length === 0
              ? 'All VFs are ready for guests.'
              : `The host holds ${held}${isTheirs ? ' until PVE takes them for guests, as you set it up' : ''}.`,
          ),
        ]),
  ];
}
