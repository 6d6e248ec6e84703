// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { no, unknownAnswer, yes } from './answer.ts';
import { blacklisted } from './blacklist.ts';
import { CATALOGUE_KERNELS } from './catalogue-entry.ts';
import { stockXeForceProbe } from './driver-backend.ts';
import { attribute, fromCatalogue, type GpuCase, reason } from './gpu-case.ts';
import type { ModeVerdict } from './verdict.ts';

/** Whether the host can keep the GPU and share it with containers. */
export function judgeHost(gpu: GpuCase): ModeVerdict {
  const { device, entry } = gpu;
  const { drivers } = entry;
  if (device.driver === 'i915' || device.driver === 'xe') return shared(gpu, device.driver);
  if (!drivers.i915Mainline && !drivers.i915Dkms && !drivers.xeMainline && !drivers.xeDkms) {
    const text = `Neither i915 nor xe knows ${entry.codename}, so there is no render node to share.`;
    return no('host', [reason('host.no-driver-knows', text, fromCatalogue(entry, 'in no driver table'))]);
  }
  if (device.driver === 'vfio-pci') {
    const text = 'The GPU is bound to vfio-pci for a guest; the host can have it back when the guest is stopped.';
    const need = 'Stop the guest that has the GPU and give it back to its driver.';
    return yes('host', [reason('host.pf-on-vfio', text, attribute(device, 'driver', 'vfio-pci'))], [need]);
  }
  if (device.driver === null) return driverless(gpu);
  const text = `The GPU is bound to ${device.driver}, which is not known here.`;
  return unknownAnswer('host', [reason('host.other-driver', text, attribute(device, 'driver', device.driver))]);
}

function shared({ facts, device }: GpuCase, driver: string): ModeVerdict {
  const bound = attribute(device, 'driver', driver);
  const drm = ifKnown(facts.drm);
  const node = drm?.nodes.find((candidate) => candidate.pci === device.bdf && candidate.name.startsWith('render'));
  if (node !== undefined) {
    const text = `The host uses it through ${driver}; containers can share ${node.path}.`;
    return yes('host', [reason('host.render-node', text, { source: node.path, value: `${node.major}:${node.minor}` }, bound)]);
  }
  if (drm === undefined) return yes('host', [reason('host.driver-bound', `The host uses it through ${driver}.`, bound)]);
  const text = `The GPU is bound to ${driver}, but there is no render node of it.`;
  return unknownAnswer(
    'host',
    [reason('host.no-render-node', text, bound)],
    ['Look into the kernel log for errors of the driver.'],
  );
}

function driverless({ facts, device, entry, release = '' }: GpuCase): ModeVerdict {
  const driver = entry.drivers.i915Mainline ? 'i915' : 'xe';
  const blocked = blacklisted(facts, driver);
  const forceProbe = driver === 'xe' ? stockXeForceProbe(entry, release) : false;
  const text = 'No driver is bound to the GPU, so it has no render node.';
  const reasons = [reason('host.no-driver', text, attribute(device, 'driver', 'absent'), blocked)];
  if (forceProbe === null) {
    const first = CATALOGUE_KERNELS.find((kernel) => entry.xeForceProbe.mainline[kernel] !== null);
    return yes('host', reasons, [`Boot kernel ${first ?? 'with a newer xe'} or later, whose xe knows this GPU.`]);
  }
  const needs =
    blocked === undefined
      ? []
      : [
          blocked.source === '/proc/cmdline'
            ? `Take ${driver} out of ${blocked.value} on the kernel command line, and reboot.`
            : `Take ${driver} off the blacklist in ${blocked.source}.`,
        ];
  const load = `Load ${driver}${forceProbe ? ` with the option force_probe=${entry.device}` : ''}.`;
  return yes('host', reasons, [...needs, load]);
}
