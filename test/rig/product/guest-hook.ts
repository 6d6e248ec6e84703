// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { SHOW_POKES, watchPokes } from './poke-shim.ts';

/** The hookscript as it ships; a guest's number and a phase follow. */
export const HOOK = 'PVEIGPU_HOOK=/usr/lib/pveigpu/lib/hook.cjs /usr/lib/pveigpu/share/pveigpu-hook';

/** Shell text that says `lock free` when nobody has the lock of hooks. */
export const SAY_LOCK_FREE = 'flock -n /run/pveigpu/device.lock true && echo lock free';

/** Shell text that configures guests, each with what it takes. */
export function configureGuests(guests: { readonly [vmid: number]: string }): string {
  const configs = Object.entries(guests).map(
    ([vmid, host]) => `printf 'memory: 64\\nhostpci0: ${host}\\n' > /etc/pve/qemu-server/${vmid}.conf`,
  );
  return configs.join('\n');
}

/** The hook of a guest before its start, watched by the shim of `poke-shim.ts`. */
export async function hook(machine: VirtualMachine, vmid: number, orders: { readonly [order: string]: string } = {}) {
  const script = `${watchPokes(orders)}\ntimeout -s KILL 60 env ${HOOK} ${vmid} pre-start`;
  const { code, stdout, stderr } = await machine.shell(script, { timeoutMs: 90_000 });
  const writes = (await machine.must(SHOW_POKES)).split('\n').filter((line) => line !== '');
  return { code, stdout, stderr, writes };
}
