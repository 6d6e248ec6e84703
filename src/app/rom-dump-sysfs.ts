// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../core/facts/pci-facts.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { DeviceLock } from './engine/device-lock.ts';
import { reservedBy } from './engine/device-users.ts';
import { writeAttribute } from './engine/sysfs-attribute.ts';
import type { ReadRom } from './rom-dump.ts';
import { readOptional } from './sense/attribute.ts';
import { PCI_DEVICES } from './sense/read-pci-device.ts';

const WRITE_TIMEOUT_MS = 10_000;
/** A ROM is read byte by byte over the bus (kernel drivers/pci/pci-sysfs.c, pci_read_rom): 1 MiB takes about a second. */
const READ_TIMEOUT_MS = 60_000;
/** What the kernel shows as the ROM of the GPU that the firmware showed its picture on: a copy in memory (arch/x86/pci/fixup.c). */
const SHADOW_START = '0xc0000';
const MEMORY_DECODE = 0x02;
const ELSEWHERE =
  'Other places: --source acpi, nouveau or vfct, or the BIOS update of the board: pveigpu rom extract FILE. docs/rom.md has last resorts.';

/** Reads the ROM through the sysfs file `rom`: wakes the device, lets it decode, switches its ROM on and always off again. */
export async function dumpFromSysfs(context: Context, device: PciDevice, force: boolean): Promise<Result<ReadRom>> {
  const { host } = context;
  const path = `${PCI_DEVICES}/${device.bdf}`;
  if (!device.hasRom)
    return problem('gpu.cannot', `${device.bdf} has no ROM of its own: there is no file ${path}/rom.`, { hint: ELSEWHERE });
  if (!host.abilities.poke) return problem('host.unsupported', `${host.label} cannot switch on the ROM of a device.`);
  const lock = new DeviceLock(host);
  const locked = await lock.set(true);
  if (!locked.ok) return locked;
  const back: (() => Promise<Result<void>>)[] = [];
  let answer: Result<ReadRom>;
  try {
    const user = force ? ok(null) : await reservedBy(context, [device.bdf]);
    answer = !user.ok
      ? user
      : user.value !== null
        ? problem('gpu.cannot', `${user.value.who} has ${device.bdf} now.`, { hint: 'Stop it, or go on with --force.' })
        : await readAwake(context, device, path, back);
  } finally {
    // In the reverse order, each of them, whatever became of the others.
    for (const undo of back.reverse()) {
      const undone = await undo();
      if (!undone.ok) context.log.warn(undone.problem.message);
    }
    await lock.drop();
  }
  return answer;
}

type Undo = (() => Promise<Result<void>>)[];

async function readAwake(context: Context, device: PciDevice, path: string, back: Undo): Promise<Result<ReadRom>> {
  const { host } = context;
  const awake = await wake(host, path, device.powerState, back);
  if (!awake.ok) return awake;
  const decodes = await decodeMemory(host, path, device, back);
  if (!decodes.ok) return decodes;
  // The kernel switches off only for "0" and a line end (pci_write_rom asks for two bytes); anything else switches on.
  back.push(async () => await writeAttribute(host, `${path}/rom`, '0\n', WRITE_TIMEOUT_MS));
  const on = await writeAttribute(host, `${path}/rom`, '1\n', WRITE_TIMEOUT_MS);
  if (!on.ok) return on;
  const read = await host.readBytes(`${path}/rom`, { timeoutMs: READ_TIMEOUT_MS });
  if (read.kind !== 'content' || read.value.length === 0)
    return problem(
      'gpu.cannot',
      `${device.bdf} gives no ROM (${read.kind === 'unreadable' ? read.errno : 'nothing to read'}): it has none, or it has to be started by its firmware first.`,
      { hint: ELSEWHERE },
    );
  return ok({ content: read.value, remarks: [...decodes.value, ...shadowRemark(device)] });
}

/** A device that sleeps answers with ones. */
async function wake(host: Host, path: string, powerState: string | undefined, back: Undo): Promise<Result<void>> {
  if (powerState === undefined || powerState === 'D0' || powerState === 'unknown') return ok(undefined);
  const control = `${path}/power/control`;
  const before = (await readOptional(host, control))?.trim();
  if (before !== undefined && before !== 'on')
    back.push(async () => await writeAttribute(host, control, `${before}\n`, WRITE_TIMEOUT_MS));
  const woken = await writeAttribute(host, control, 'on\n', WRITE_TIMEOUT_MS);
  if (!woken.ok) return woken;
  const now = (await readOptional(host, `${path}/power_state`))?.trim();
  return now === undefined || now === 'D0'
    ? ok(undefined)
    : problem('gpu.cannot', `The device does not wake up: it is in ${now}, where it answers with ones alone.`, {
        hint: 'A driver that keeps it asleep has to let it go first; or read another --source.',
        where: path,
      });
}

/** Without memory decode the device answers with ones. A driver that is bound decides that itself. */
async function decodeMemory(
  host: Host,
  path: string,
  { bdf, driver }: PciDevice,
  back: Undo,
): Promise<Result<readonly string[]>> {
  const config = await host.readBytes(`${path}/config`, { maxBytes: 64 });
  if (config.kind !== 'content' || ((config.value[4] ?? 0) & MEMORY_DECODE) !== 0) return ok([]);
  if (driver !== null) return ok([`Memory decode of ${bdf} is off and ${driver} has it, so what was read may be ones alone.`]);
  back.push(async () => await writeAttribute(host, `${path}/enable`, '0\n', WRITE_TIMEOUT_MS));
  const enabled = await writeAttribute(host, `${path}/enable`, '1\n', WRITE_TIMEOUT_MS);
  return enabled.ok ? ok([]) : enabled;
}

function shadowRemark({ bdf, bars }: PciDevice): readonly string[] {
  if (!bars.some(({ index, start }) => index === 6 && start === SHADOW_START)) return [];
  return [
    `This is the copy of the ROM in memory at c0000 that the firmware of the host made for ${bdf} and changed while it ran: its EFI image is missing, its checksum may be wrong. Take a BIOS update of the board instead, or mend it with pveigpu rom fix.`,
  ];
}
