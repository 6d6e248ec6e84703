// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../core/problem.ts';
import { chosenWord } from '../../core/vf/vf-profile.ts';
import type { Host } from '../../ports/host.ts';

/** Attributes that the kernel lets nobody read (0200): the driver core's and mdev's commands. */
const WRITE_ONLY = /\/(bind|unbind|drivers_probe|new_id|remove_id|remove|rescan|create|reset)$/;

/** What an errno of a sysfs write means for a PCI device (kernel drivers/pci/iov.c, drivers/base/bus.c). */
const MEANING: { readonly [errno: string]: string } = {
  EBUSY: 'the device is in use, or VFs exist already',
  ERANGE: 'more VFs than the hardware offers',
  EINVAL: 'the kernel does not take this value',
  ENOENT: 'no driver that can do this is bound',
  ENODEV: 'the driver does not run as a PF, or the device is gone',
  ENOMEM: 'the firmware left too little address space for VFs',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
};

/** Whether an attribute can only be written, so that nothing can be known before the write. */
export function isWriteOnly(path: string): boolean {
  return WRITE_ONLY.test(path);
}

/** Reads an attribute in a child with a deadline, since some of them wait for the device's lock. */
export async function readAttribute(host: Host, path: string, timeoutMs: number): Promise<Result<string>> {
  const read = await host.read(path, { timeoutMs });
  if (read.kind === 'content') return ok(read.value.trim());
  const errno = read.kind === 'absent' ? 'ENOENT' : read.errno;
  return errno === 'ETIMEDOUT'
    ? problem('host.timeout', `${path} did not answer within ${timeoutMs} ms.`, {
        hint: 'The device is held in the kernel; see dmesg.',
      })
    : problem('host.read', `${path} cannot be read: ${errno}.`, { where: path });
}

/**
 * Whether two texts mean the same to the kernel: an empty `driver_override` reads as `(null)`, a choice as a list with the chosen
 * word in brackets, and line ends do not count.
 */
export function sameAttribute(a: string, b: string): boolean {
  return normal(a) === normal(b);
}

function normal(text: string): string {
  const word = chosenWord(text);
  return word === '(null)' ? '' : word;
}

/** Writes an attribute; the errno is explained. */
export async function writeAttribute(host: Host, path: string, value: string, timeoutMs: number): Promise<Result<void>> {
  const poked = await host.poke(path, value, { timeoutMs });
  if (poked.kind === 'done') return ok(undefined);
  if (poked.kind === 'timeout') {
    return problem('host.timeout', `Writing "${value.trim()}" to ${path} did not return within ${timeoutMs} ms.`, {
      hint: 'The kernel waits for somebody who has the device open; dmesg names it.',
      where: path,
    });
  }
  const meaning = MEANING[poked.errno];
  return problem(
    'host.write',
    `${path} refused "${value.trim()}": ${poked.errno}${meaning === undefined ? '' : `, ${meaning}`}.`,
    {
      where: path,
    },
  );
}
