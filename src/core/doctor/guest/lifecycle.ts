// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName, nextConfig, snapshots } from '../../assign/guest-keys.ts';
import { isOurHook } from '../../assign/ours.ts';
import { ifKnown } from '../../facts/section.ts';
import { isPending, isVirGl, lockOf, valueAt } from '../../guest/guest-view.ts';
import { visible } from '../../text/visible.ts';
import { liveMigration } from '../../vf/live-migration.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';
import { gpuGuestRule, guestTrouble, vmRule } from './gpu-guests.ts';

/** PVE starts no guest whose hookscript is not there or not executable (pve-guest-common GuestHelpers.pm, check_hookscript). */
export const hookscriptMissing: FindingRule = {
  id: 'guest.hookscript-missing',
  severity: 'error',
  title: 'The hookscript of a guest is not there',
  reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#_hookscripts',
  examine: (ground) =>
    withKnown(ground, ['hookscripts', 'guests'], ({ hookscripts }) =>
      hookscripts.scripts
        .filter(({ exists, executable }) => !exists || !executable)
        .flatMap((script) =>
          ownGuests(ground.facts)
            .filter((guest) => nextConfig(guest).hookscript === script.volid)
            .map((guest): Outcome => {
              const volid = visible(script.volid, 120);
              const isOurs = isOurHook(script.volid);
              const what = script.exists ? 'may not be executed' : 'is not there';
              return {
                state: 'problem',
                subject: guestName(guest),
                because: `The hookscript ${volid} of ${guestName(guest)} ${what} on this node, and PVE starts no guest without its hookscript.`,
                evidence: [
                  entryEvidence(guest, 'hookscript'),
                  { source: visible(script.path ?? volid, 160), value: script.exists ? 'not executable' : 'absent' },
                ],
                remedy: isOurs
                  ? { text: 'Assign the slice again, which puts our hookscript back.', fix: { kind: 'assign', vmid: guest.vmid } }
                  : {
                      text: script.exists
                        ? `Make it executable (chmod +x), or do without it: qm set ${guest.vmid} --delete hookscript.`
                        : `Put the file back, or do without it: ${guest.kind === 'lxc' ? 'pct' : 'qm'} set ${guest.vmid} --delete hookscript.`,
                    },
              };
            }),
        ),
    ),
};

/** VFIO pins all memory of a guest, so ballooning gives nothing back. */
export const balloon: FindingRule = gpuGuestRule(
  {
    id: 'guest.balloon',
    severity: 'advice',
    title: 'Ballooning does nothing for a guest with a slice',
    reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough',
  },
  ({ guest, entries: [first] }) => {
    const config = nextConfig(guest);
    const least = Number(config.balloon ?? Number.NaN);
    const memory = Number(/^(?:current=)?(\d+)/.exec(config.memory ?? '512')?.[1] ?? Number.NaN);
    if (first === undefined || !(least > 0 && least < memory)) return [];
    const name = guestName(guest);
    return [
      guestTrouble(guest, first.key, {
        because: `${name} takes its ${memory} MiB at once, since a passed device pins all memory, and never gives back what lies above ${least} MiB.`,
        evidence: [{ source: name, value: `balloon: ${least}; memory: ${memory}` }],
        remedy: { text: `Count it with all its memory; qm set ${guest.vmid} --balloon 0 says so.` },
      }),
    ];
  },
);

/** A snapshot with RAM was taken before the guest had its slice: going back takes the slice away. */
export const ramSnapshot: FindingRule = gpuGuestRule(
  {
    id: 'guest.snapshot-with-ram',
    severity: 'advice',
    title: 'A guest with a slice has a snapshot with RAM',
    reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#qm_snapshots',
  },
  ({ guest, entries: [first] }) => {
    const names = snapshots(guest).flatMap(({ name, keys }) => (keys.vmstate === undefined ? [] : [visible(name, 40)]));
    if (first === undefined || names.length === 0) return [];
    return [
      guestTrouble(guest, first.key, {
        because: `Going back to the snapshot ${names.join(', ')} gives ${guestName(guest)} the devices of that time, and new snapshots with RAM are not possible while it has a slice.`,
        remedy: { text: 'Take snapshots without RAM from now on, and shut the guest down before.' },
      }),
    ];
  },
);

/** A hibernated guest was given a device: its saved state knows nothing of it, so it does not wake up. */
export const suspended: FindingRule = gpuGuestRule(
  {
    id: 'guest.suspended',
    severity: 'error',
    title: 'A hibernated guest has been given a slice',
    reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#_hibernation',
  },
  ({ guest, entries: [first] }) => {
    const lock = lockOf(guest);
    if (first === undefined || (lock !== 'suspended' && lock !== 'suspending')) return [];
    return [
      guestTrouble(guest, first.key, {
        because: `${guestName(guest)} is hibernated, and its saved state cannot be taken up with a passed device.`,
        evidence: [{ source: guestName(guest), value: `lock: ${lock}` }, entryEvidence(guest, first.key)],
        remedy: {
          text: `Take the slice away to wake it up: pveigpu unassign ${guest.vmid}; then shut it down and assign again.`,
        },
      }),
    ];
  },
);

/** A pool says that its VFs can migrate, and they cannot: QEMU then starts no guest with one of them. */
export const liveMigrationFlag: FindingRule = gpuGuestRule(
  {
    id: 'guest.live-migration-flag',
    severity: 'error',
    title: 'A mapping is marked for live migration, and its VFs cannot do it',
    reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/405',
    follows: ['vf.gone', 'vf.gpu-on-vfio', 'driver.not-bound', 'driver.stock-loaded'],
  },
  ({ guest, entries }, { facts }, pci) =>
    entries.flatMap(({ form, key, pool: id }): readonly Outcome[] => {
      const pool = form === 'pool' ? ifKnown(facts.pools)?.pools.find((one) => one.id === id) : undefined;
      const [pf] = intelGpus(pci).filter(({ sriov }) => sriov !== undefined);
      if (pool?.liveMigrationCapable !== true || pf === undefined) return [];
      const can = liveMigration(facts, pf);
      if (can.can !== 'no') return [];
      return [
        guestTrouble(guest, key, {
          because: `The mapping ${visible(pool.id, 64)} is marked live-migration-capable, and ${guestName(guest)} does not start with it: ${can.because}.`,
          evidence: [
            { source: '/etc/pve/mapping/pci.cfg', value: `${visible(pool.id, 64)}: live-migration-capable 1` },
            entryEvidence(guest, key),
          ],
          remedy: { text: 'Take the mark away: Datacenter, Resource Mappings, Live Migration Capable.' },
        }),
      ];
    }),
);

/** What was changed of a running guest waits for a full stop and start; a reboot inside the guest is not one. */
export const pendingChange: FindingRule = gpuGuestRule(
  {
    id: 'guest.pending-change',
    severity: 'advice',
    title: 'A change of a slice waits until the guest is stopped and started',
    reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#qm_virtual_machines_settings',
  },
  ({ guest, entries }) => {
    const waiting = entries.find(({ key }) => isPending(guest, key));
    if (waiting === undefined || guest.running.state !== 'known' || !guest.running.value) return [];
    const { key } = waiting;
    return [
      guestTrouble(guest, key, {
        because: `${guestName(guest)} runs without the change of ${key}; a reboot inside the guest does not bring it.`,
        evidence: [
          { source: `${guestName(guest)} [PENDING]`, value: visible(`${key}: ${valueAt(guest, key, 'next') ?? 'deleted'}`, 160) },
        ],
        remedy: { text: `qm reboot ${guest.vmid} stops and starts it.` },
      }),
    ];
  },
);

/** VirGL is not what people expect of a GPU in a guest that transcodes. */
export const virgl: FindingRule = vmRule(
  {
    id: 'guest.virgl-no-va-api',
    severity: 'advice',
    title: 'A guest uses VirGL, which gives no video decoding',
    reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#qm_display',
  },
  (guest) => {
    if (!isVirGl(guest, 'next')) return [];
    return [
      guestTrouble(guest, 'vga', {
        because: `${guestName(guest)} uses VirGL, which gives OpenGL but no VA-API, so no video is decoded or encoded by the GPU.`,
        remedy: { text: 'For video give it a slice of the GPU; "pveigpu verdict" says which are possible.' },
      }),
    ];
  },
);
