// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';

/** What a boot came to. Times are seconds since the kernel started. */
export interface Boot {
  /** When the guests were started. */
  readonly guestsAt: number;
  /** The driver of each VF at that time. */
  readonly guestsSaw: readonly string[];
  /** What the unit said, without stamps. */
  readonly said: readonly string[];
  /** How long the boot unit ran; absent where there is none. */
  readonly unitSeconds?: number;
}

/** Seven VFs, each for guests. */
export const ALL_READY: readonly string[] = Array.from({ length: 7 }, () => 'vfio-pci');

const DRIVERS =
  'for vf in /sys/bus/pci/devices/0000:00:02.0/virtfn*; do [ -e $vf ] && basename $(readlink $vf/driver || echo none); done; true';

/** Waits for the start of all guests, and says what they found. */
export async function bootedNode(machine: VirtualMachine): Promise<Boot> {
  await machine.must('until systemctl is-active -q pve-guests; do sleep 0.2; done', { timeoutMs: 600_000 });
  const guestsAt = Number(await machine.must('cat /run/guests-at'));
  const guestsSaw = words(await machine.must('cat /run/guests-saw'));
  return { guestsAt, guestsSaw, said: await saidBy(machine), ...(await unitSeconds(machine)) };
}

async function unitSeconds(machine: VirtualMachine): Promise<{ readonly unitSeconds?: number }> {
  const show = (property: string) => `systemctl show --value -p ${property} pveigpu-boot`;
  const text = await machine.must(`${show('ExecMainStartTimestampMonotonic')}; ${show('ExecMainExitTimestampMonotonic')}`);
  const [start = 0, exit = 0] = words(text).map(Number);
  return start === 0 ? {} : { unitSeconds: (exit - start) / 1e6 };
}

/** What the boot unit has said so far. */
export async function saidBy(machine: VirtualMachine): Promise<readonly string[]> {
  const text = await machine.must(
    'journalctl --sync; journalctl -q -o cat -t pveigpu -t pveigpu.cjs -t node -u pveigpu-boot --no-pager',
  );
  return text.split('\n').filter((line) => line.startsWith('pveigpu: '));
}

/** The driver of each VF now. */
export async function vfDrivers(machine: VirtualMachine): Promise<readonly string[]> {
  return words(await machine.must(DRIVERS));
}

/** How long VFs that come back are waited for, seconds of the guest's own time: a slow probe, the unit's limit, and room. */
const BACK_SECONDS = 60;

/** Seconds of the guest's own time until all VFs are bound, or null when they are not after a minute. */
export async function untilReady(machine: VirtualMachine): Promise<number | null> {
  const begin = await uptime(machine);
  for (;;) {
    const seconds = (await uptime(machine)) - begin;
    if ((await vfDrivers(machine)).join() === ALL_READY.join()) return seconds;
    if (seconds > BACK_SECONDS) return null;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function uptime(machine: VirtualMachine): Promise<number> {
  return Number((await machine.must('cut -d" " -f1 /proc/uptime')).trim());
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
