// SPDX-License-Identifier: AGPL-3.0-or-later
import { handoverSign } from '../../core/whole-gpu/handover-sign.ts';
import type { Host } from '../../ports/host.ts';
import { RUN_DIR } from '../engine/state-paths.ts';

/** One file for each GPU that a guest has from the host now; gone after a reboot, as the hand-over is. */
const FOLDER = `${RUN_DIR}/handover`;

/** What has to be given back when the guest has stopped. */
export interface Handover {
  readonly gpu: string;
  readonly vmid: number;
  /** The host's driver of the GPU; null when it had none. */
  readonly driver: string | null;
  /** Names in `/sys/class/vtconsole` that were detached. */
  readonly consoles: readonly string[];
  /** The firmware's frame buffer that was unbound: driver and device on the platform bus. */
  readonly framebuffer: readonly [driver: string, device: string] | null;
  /** Sound functions that the guest has too, with the host's driver of each. */
  readonly sounds: readonly Sound[];
}

/** A sound function and the driver that the host had on it. */
export interface Sound {
  readonly bdf: string;
  readonly driver: string;
}

/** Whether somebody asked for the hand-over of this GPU to this guest. */
export async function isHandedOver(host: Host, vmid: number, gpu: string): Promise<boolean> {
  const sign = await host.read(handoverSign(vmid));
  return sign.kind === 'content' && sign.value.trim() === gpu;
}

/** What was taken from the host of one GPU, or null. */
export async function readHandover(host: Host, gpu: string): Promise<Handover | null> {
  const file = await host.read(`${FOLDER}/${gpu}`);
  return file.kind === 'content' ? parse(file.value, gpu) : null;
}

/** All hand-overs to one guest. */
export async function handoversTo(host: Host, vmid: number): Promise<readonly Handover[]> {
  const names = await host.list(FOLDER);
  const all = names.kind === 'content' ? await Promise.all(names.value.map((gpu) => readHandover(host, gpu))) : [];
  return all.filter((one): one is Handover => one?.vmid === vmid);
}

/** Notes a hand-over before anything is done; says what went wrong, or null. */
export async function noteHandover(host: Host, handover: Handover): Promise<string | null> {
  const folder = await host.mkdir(FOLDER, { mode: 0o700 });
  const written = folder.ok
    ? await host.writeAtomic(`${FOLDER}/${handover.gpu}`, `${JSON.stringify(handover)}\n`, { mode: 0o600 })
    : folder;
  return written.ok ? null : written.problem.message;
}

export async function forgetHandover(host: Host, gpu: string): Promise<void> {
  await host.remove(`${FOLDER}/${gpu}`);
}

/** Only root can write there; a file that was cut off is taken for none. */
function parse(text: string, gpu: string): Handover | null {
  try {
    const { vmid, driver, consoles, framebuffer, sounds } = JSON.parse(text) as Partial<Handover>;
    if (typeof vmid !== 'number') return null;
    return {
      gpu,
      vmid,
      driver: driver ?? null,
      consoles: consoles ?? [],
      framebuffer: framebuffer ?? null,
      sounds: sounds ?? [],
    };
  } catch {
    return null;
  }
}
