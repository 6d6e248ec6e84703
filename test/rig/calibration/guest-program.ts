// SPDX-License-Identifier: AGPL-3.0-or-later
import { lookupGpu } from '../../../src/core/gpu/catalogue.ts';
import { stockXeForceProbe, stockXeHasSriov } from '../../../src/core/gpu/driver-backend.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import type { Scenario } from '../../simulator/run-scenario.ts';
import { identityWords } from '../machine/qemu-arguments.ts';
import type { Identity } from '../machine/shape.ts';
import { guestPath } from './paths.ts';
import type { SimulatorRun } from './run-on-simulator.ts';

/** A step that is expected to end, milliseconds: long for a slow machine, never reached on a healthy one. */
const ENDS_MS = 20_000;
/** A step that is expected to hang is given up after this. */
const HANGS_MS = 1500;
/** A kernel message that both sides should have; the latest comes ten seconds after its cause. */
const LOG_MS = 12_000;
/** errno numbers of what scenarios inject (kernel include/uapi/asm-generic/errno-base.h, errno.h). */
const ERRNO: { readonly [name: string]: number } = { EIO: 5, ENOMEM: 12, EBUSY: 16, ENODEV: 19, ENOSPC: 28, EPROTO: 71 };

/** Lines for the guest's stepper: the set-up of the machine that the scenario's profile describes, then its steps. */
export interface GuestProgram {
  readonly setUp: readonly string[];
  readonly steps: readonly string[];
}

/** Writes a scenario for the guest. The simulator's run says which modules a boot loads and which steps will hang. */
export function guestProgram(scenario: Scenario, run: SimulatorRun): GuestProgram {
  const { profile } = run;
  const steps = scenario.steps.map((step, index) => {
    const answer = run.observations[index]?.answer ?? '';
    const deadline = answer === 'HANG' || answer === 'ETIMEDOUT' ? HANGS_MS : ENDS_MS;
    if ('write' in step) return line(deadline, 'write', guestPath(step.write, profile), step.value);
    if ('read' in step) return line(deadline, 'read', guestPath(step.read, profile));
    if ('link' in step) return line(deadline, 'link', guestPath(step.link, profile));
    if ('exists' in step) return line(deadline, 'exists', guestPath(step.exists, profile));
    if ('list' in step) return line(deadline, 'list', guestPath(step.list, profile));
    if ('open' in step) return line(deadline, 'open', guestPath(step.open, profile), step.as);
    if ('close' in step) return line(deadline, 'close', step.close);
    if ('modprobe' in step) return line(deadline, 'modprobe', step.modprobe);
    if ('log' in step) return line(answer === 'true' ? LOG_MS : 0, 'log', step.log);
    return line(deadline, 'shell', injection(step.inject));
  });
  return { setUp: setUp(run), steps };
}

/** The identity that the rig's GPU shows for a profile. */
export function identityOf(profile: Profile): Identity {
  const gpu = profile.devices.find((device) => device.bdf === '0000:00:02.0');
  if (gpu === undefined) throw new Error(`profile ${profile.name} has no function 00:02.0`);
  const hex = (text: string | undefined) => Number.parseInt(text ?? '0', 16);
  return {
    device: hex(gpu.device),
    class: hex(gpu.class),
    revision: hex(gpu.revision),
    subvendor: hex(gpu.subsystem?.vendor),
    subdevice: hex(gpu.subsystem?.device),
    totalVfs: gpu.sriov?.totalVfs ?? 0,
  };
}

function setUp(run: SimulatorRun): readonly string[] {
  const { profile } = run;
  const words = identityWords({ mode: 'fast', gpu: identityOf(profile) }).map((word) => word.replace('rigpci.', ''));
  const shell = (command: string) => line(ENDS_MS, 'shell', command);
  const unload =
    'for m in kvmgt i915 xe vfio_pci xe_vfio_pci pci_pf_stub pci_stub rigpci; do [ ! -e /sys/module/$m ] || modprobe -r $m; done';
  return [
    line(ENDS_MS, 'reset'),
    shell(EMPTY_PF),
    shell(unload),
    line(ENDS_MS, 'mark'),
    shell(
      `rm -f /etc/modprobe.d/i915-rig.conf; printf '%s\\n' ${modprobeConfig(run).map(quote).join(' ')} > /etc/modprobe.d/scenario.conf`,
    ),
    shell(`modprobe rigpci ${words.join(' ')}`),
    shell(run.modules.length === 0 ? ':' : `modprobe -a ${run.modules.join(' ')}`),
  ];
}

/** A PF that goes while it has VFs and no driver that takes them away is a BUG in the kernel (drivers/pci/iov.c, sriov_release). */
const EMPTY_PF = `cd /sys/bus/pci/devices/0000:00:02.0 2>/dev/null || exit 0
[ -e virtfn0 ] || exit 0
echo 0 > sriov_numvfs 2>/dev/null && exit 0
[ ! -e driver ] || echo 0000:00:02.0 > driver/unbind
modprobe pci-pf-stub && echo pci-pf-stub > driver_override && echo 0000:00:02.0 > /sys/bus/pci/drivers_probe && echo 0 > sriov_numvfs`;

/** What modprobe.d and the kernel's command line of the profile say, and what a real driver would know of the id. */
function modprobeConfig(run: SimulatorRun): readonly string[] {
  const { profile } = run;
  const options = new Map<string, string[]>();
  const add = (module: string, word: string) => options.set(module, [...(options.get(module) ?? []), word]);
  for (const [module, parameters] of Object.entries(profile.moduleOptions ?? {}))
    for (const [name, value] of Object.entries(parameters)) add(module.replaceAll('-', '_'), `${name}=${value}`);
  for (const word of profile.cmdline.split(' ')) {
    const [, module = '', setting = ''] = /^(i915|xe|vfio[_-]pci)\.(.*)$/.exec(word) ?? [];
    if (module !== '') add(module.replaceAll('-', '_'), setting);
  }
  const dkms = profile.dkms?.modules ?? [];
  const gpu = profile.devices.find((device) => device.bdf === '0000:00:02.0');
  const entry = gpu === undefined ? undefined : lookupGpu(gpu.device);
  if (entry === undefined) throw new Error(`the GPU of profile ${profile.name} is not in the catalogue`);
  const flag = (value: boolean) => (value ? '1' : '0');
  add('i915', `rig_gvtg=${flag(entry.gvtg === true)}`);
  add('i915', `rig_sriov=${flag(entry.sriov.i915Dkms)}`);
  add('kvmgt', `rig_aperture=${gpu?.gvtg?.apertureMiB ?? 256}`);
  const xe = dkms.includes('xe');
  add('xe', `rig_sriov=${flag(xe ? entry.sriov.xeDkms : stockXeHasSriov(entry, profile.kernelRelease) === true)}`);
  add(
    'xe',
    `rig_force=${flag(xe ? entry.xeForceProbe.dkms === true : stockXeForceProbe(entry, profile.kernelRelease) === true)}`,
  );
  const lines = [...options].map(([module, words]) => `options ${module} ${words.join(' ')}`);
  if (dkms.includes('i915')) return lines;
  // The kernel's own i915 instead of the one that depmod prefers.
  const own = '/lib/modules/$(uname -r)/kernel/drivers/gpu/drm/i915/i915.ko';
  return [...lines, `install i915 modprobe drm; insmod ${own} ${(options.get('i915') ?? []).join(' ')}`];
}

function injection(faults: { readonly enableErrno?: string; readonly enableAtMost?: number }): string {
  const number = faults.enableErrno === undefined ? 0 : ERRNO[faults.enableErrno];
  if (number === undefined) throw new Error(`no number for ${faults.enableErrno}`);
  const at = '/sys/module/i915/parameters';
  return `echo ${number} > ${at}/rig_fail; echo ${faults.enableAtMost ?? 0} > ${at}/rig_partial`;
}

function line(deadlineMs: number, operation: string, ...words: readonly string[]): string {
  const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
  return [String(deadlineMs), operation, ...words].map(escaped).join('\t');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
