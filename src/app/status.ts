// SPDX-License-Identifier: AGPL-3.0-or-later
import { firstLine, NEXT_BOOT_PIN_FILE, PIN_FILE } from '../core/boot/boot-tool-files.ts';
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { EMPTY_LEDGER, type Ledger } from '../core/plan/ledger.ts';
import { type StatusView, statusView } from '../core/status/status-view.ts';
import type { RebootSigns } from '../core/status/waiting-reboot.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { readBootId } from './engine/boot-id.ts';
import { readPending } from './engine/pending-file.ts';
import { readLedger } from './engine/state-files.ts';
import { sense } from './sense/sense.ts';
import { senseHolders } from './sense/sense-holders.ts';
import { senseModules } from './sense/sense-modules.ts';
import { sensePci } from './sense/sense-pci.ts';
import { sensePve } from './sense/sense-pve.ts';

/**
 * What this node does with its GPUs now. Reads files only, no kernel log, no attribute that can hang, and looks for device
 * users among the guests' processes alone: `vf list` looks at all of them.
 */
export async function readStatus({ host }: Context): Promise<StatusView> {
  return statusView(await senseForStatus(host), await ledgerOf(host), await rebootSigns(host));
}

/** Whether a reboot is awaited, nothing where that cannot be read. */
async function rebootSigns(host: Host): Promise<RebootSigns> {
  const pending = await readPending(host);
  const [once, always] = await Promise.all([NEXT_BOOT_PIN_FILE, PIN_FILE].map((path) => host.read(path)));
  const line = [once, always].flatMap((read) => (read?.kind === 'content' ? (firstLine(read.value) ?? []) : []))[0];
  return {
    pending: pending.ok ? pending.value : null,
    bootId: (await readBootId(host)) ?? null,
    pinned: line ?? null,
  };
}

/** What is ours, nothing where that cannot be read: a status says what is there all the same. */
async function ledgerOf(host: Host): Promise<Ledger> {
  const ledger = await readLedger(host);
  return ledger.ok ? ledger.value : EMPTY_LEDGER;
}

async function senseForStatus(host: Host): Promise<HostFacts> {
  const [rest, modules, pve, pci] = await Promise.all([
    sense(host, ['drm', 'kernel', 'guests', 'pools', 'reservations']),
    // Some megabytes for each module that DKMS built, of which a status shows nothing.
    senseModules(host, { withOriginKernel: false }),
    sensePve(host, { packages: ['pve-manager'] }),
    sensePci(host, { withOverride: false, withConfig: false, withOthers: false }),
  ]);
  const facts: HostFacts = { ...rest, modules, pve, pci };
  return { ...facts, holders: await senseHolders(host, { pids: await guestProcesses(host, facts) }) };
}

/** The processes of this node's running VMs, from the files that QEMU writes. */
async function guestProcesses(host: Host, facts: HostFacts): Promise<readonly number[]> {
  const running = (ifKnown(facts.guests)?.guests ?? []).filter(
    (guest) => guest.kind === 'qemu' && ifKnown(guest.running) === true,
  );
  const files = await Promise.all(running.map(({ vmid }) => host.read(`/run/qemu-server/${vmid}.pid`)));
  return files.flatMap((file) => (file.kind === 'content' && /^\d+\s*$/.test(file.value) ? [Number(file.value)] : []));
}
