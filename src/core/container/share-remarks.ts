// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Assignment } from '../assign/assignments.ts';
import { guestKeys, guestName } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { Remark } from '../plan/action.ts';
import { type DevChange, type DevKey, isSwapped } from './dev-keys.ts';
import { isCard } from './node-state.ts';
import type { SharedGpu } from './shared-gpu.ts';

interface Sharing {
  readonly guest: Guest;
  readonly gpu: SharedGpu;
  readonly change: DevChange;
  readonly assignments: readonly Assignment[];
}

/** What to know of a change of a container's nodes. */
export function shareRemarks({ guest, gpu, change, assignments }: Sharing): readonly Remark[] {
  return [
    ...change.stale.map((one) => mended(guest, gpu, one, change)),
    ...whenItTakesEffect(guest, change),
    ...wholeGpu(gpu, assignments),
  ];
}

/** What was wrong with an entry, for `assign`, `assignments` and `status` alike. */
export function staleText({ entry, state, meant }: DevKey): string {
  if (state.kind === 'vanished') return `${entry.path} does not exist now`;
  if (state.kind === 'vf') return `${entry.path} belongs to the VF ${state.node.pci} now, which is for VMs`;
  if (state.kind === 'gpu' && meant !== undefined)
    return `${entry.path} belongs to ${state.node.pci} now, and was given for ${meant}`;
  return `${entry.path} belongs to another GPU now (${'node' in state ? state.node.pci : 'unknown'})`;
}

function mended(guest: Guest, { pf }: SharedGpu, one: DevKey, { set }: DevChange): Remark {
  const now = set[one.key]?.split(',')[0];
  const after =
    now === undefined
      ? 'it is taken out'
      : `it becomes ${now}, the ${isCard(now) ? 'card' : 'render node'} of ${isSwapped(one) ? one.meant : pf.bdf}`;
  return { level: 'note', id: 'container.node-stale', text: `${one.key} of ${guestName(guest)}: ${staleText(one)}; ${after}.` };
}

/** PVE adds a new `devN` to a running container at once; a change of one waits (pve-container LXC/Config.pm, vmconfig_hotplug_pending). */
function whenItTakesEffect(guest: Guest, { set, remove }: DevChange): readonly Remark[] {
  const name = guestName(guest);
  if (guest.running.state !== 'known' || !guest.running.value) return [];
  const current = new Set(guestKeys(guest).flatMap(({ key, current: value }) => (value === undefined ? [] : [key])));
  const waiting = [...Object.keys(set), ...remove].filter((key) => current.has(key));
  if (waiting.length === 0)
    return [
      {
        level: 'note',
        id: 'guest.running',
        text: `${name} is running and gets the node at once; programs in it may have to be started again.`,
      },
    ];
  const text = `${name} is running: the change of ${waiting.join(', ')} waits until it is stopped and started.`;
  return [{ level: 'note', id: 'guest.running', text, hint: `pct reboot ${guest.vmid} does both.` }];
}

/** When a VM takes the whole GPU, the host has no render node any more, and PVE starts no container with one. */
function wholeGpu({ pf }: SharedGpu, assignments: readonly Assignment[]): readonly Remark[] {
  return assignments.flatMap((one): Remark[] => {
    if (one.form !== 'pf' || one.state === 'leaving' || !one.devices.includes(pf.bdf)) return [];
    const text = `${guestName(one.guest)} passes the whole GPU with ${one.key}: ${one.value}; while it has it, the render node is gone and no container that names it starts.`;
    const hint = `One GPU is either whole in one VM or shared: qm set ${one.guest.vmid} --delete ${one.key}`;
    return [{ level: 'warning', id: 'pf.passed', text, hint }];
  });
}
