// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import type { Mode } from '../../src/core/gpu/verdict.ts';
import { VMS } from './mixed-node.ts';

/** One thing that somebody does to a node. `{gpu}` in a line stands for `--gpu BDF` where the machine has several. */
export type MixedAct =
  /** A command of ours; killed before its n-th change, and given again. */
  | { readonly do: 'pveigpu'; readonly line: string; readonly second: boolean; readonly killedAt?: number }
  /** A command of PVE's about a guest. */
  | { readonly do: 'pve'; readonly verb: 'start' | 'stop' | 'reboot'; readonly guest: number }
  | { readonly do: 'kill-guest' | 'destroy' | 'take-entry-away'; readonly guest: number }
  | { readonly do: 'edit'; readonly guest: number; readonly key: string; readonly value: string }
  /** Somebody gives a VM a device by address, by hand. */
  | { readonly do: 'by-hand'; readonly guest: number; readonly device: number }
  /** A program on the host, or in a container, opens the render node; or ends. */
  | { readonly do: 'open-node'; readonly guest: number | null }
  | { readonly do: 'close-nodes' | 'leave-mdev' | 'reboot-node' };

/** Guests by index: VMs first, then the containers of the story. */
const vm = fc.constantFrom(...VMS);
const container = fc.constantFrom(-1, -2);
const anyone = fc.oneof({ weight: 3, arbitrary: vm }, { weight: 2, arbitrary: container });

const flags = (...all: readonly string[]) =>
  fc.subarray([...all], { maxLength: Math.min(4, all.length) }).map((some) => some.join(' '));
const oneOf = (...all: readonly string[]) => fc.constantFrom(...all);

/** VFs, with what goes with them. */
const vf = fc.tuple(
  vm,
  oneOf('', '--mode sriov', '--vf 1', '--vf 2', '--hook', '--pool mine'),
  flags('{gpu}', '--force', '--primary'),
);
const mdev = fc.tuple(
  vm,
  oneOf('--mode gvt-g', '--display ramfb', '--display off', '--type V5_8', '--display ramfb,800x600'),
  flags('--force', '--rom gop.rom'),
);
const whole = fc.tuple(
  vm,
  oneOf('--mode gvt-d', '--mode gvt-d --handover', '--mode gvt-d --handover --vga none', '--mode gvt-d --vga none --machine pc'),
  flags('{gpu}', '--audio', '--phys-bits', '--primary', '--bios ovmf', '--machine pc', '--vga none', '--rom gop.rom', '--force'),
);
const share = fc.tuple(container, oneOf('', '', '--mode host', '--card', '--gid 44'), flags('{gpu}', '--force'));

/** What is asked of a machine that can do a mode: mostly what fits, seldom what does not. */
const asked = (mode: Mode) =>
  fc.oneof(
    { weight: mode === 'sriov' ? 6 : 1, arbitrary: vf },
    { weight: mode === 'gvt-g' ? 6 : 1, arbitrary: mdev },
    { weight: mode === 'gvt-d' ? 6 : 2, arbitrary: whole },
    { weight: 4, arbitrary: share },
  );

const hostLine = (mode: Mode) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constant('apply'), oneOf(mode, mode, 'gvt-d', 'host', 'auto', 'sriov'), flags('{gpu}', '--force')),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant('confirm')) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('rollback'), oneOf('1', '2', '3', '4', '5'), oneOf('', '--force')) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('rollback --all'), oneOf('', '--force')) },
  );
const sliceLine = fc.oneof(
  fc.tuple(oneOf('vf create 1', 'vf create 3', 'vf create', 'vf remove'), fc.constant('{gpu}')),
  fc.tuple(oneOf('pool create mine', 'pool sync', 'pool remove mine', 'pool remove igpu-vf'), fc.constant('{gpu}')),
  fc.tuple(fc.constant('mdev clean')),
);

/** A command, and what follows it: who assigns a slice often starts the guest then. */
const ours = (mode: Mode): fc.Arbitrary<readonly MixedAct[]> => {
  const words: fc.Arbitrary<readonly unknown[]> = fc.oneof(
    { weight: 8, arbitrary: asked(mode).map((tail) => ['assign', ...tail]) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('unassign'), anyone, oneOf('', '', '', '--force')) },
    { weight: 4, arbitrary: hostLine(mode) },
    { weight: 2, arbitrary: sliceLine },
  );
  const killed = fc.option(fc.integer({ min: 0, max: 24 }), { freq: 5, nil: undefined });
  return fc.tuple(words, fc.boolean(), fc.option(killed), fc.boolean()).map(([all, second, killedAt, starts]) => {
    const line = all.join(' ');
    const act: MixedAct = { do: 'pveigpu', line, second, ...(typeof killedAt === 'number' ? { killedAt } : {}) };
    const guest = all[1];
    if (all[0] !== 'assign' || typeof guest !== 'number' || !starts) return [act];
    const stop: MixedAct = { do: 'pve', verb: 'stop', guest };
    return [act, stop, { do: 'pve', verb: 'start', guest }];
  });
};

const EDITS = [
  ['cores', '3'],
  ['tags', 'mine'],
  ['onboot', '1'],
  ['onboot', '0'],
  ['memory', '1024'],
] as const;

const usual: fc.Arbitrary<MixedAct> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pve' as const), verb: fc.constantFrom('start', 'start', 'stop'), guest: anyone }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pve' as const), verb: fc.constant('reboot' as const), guest: vm }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('kill-guest' as const, 'take-entry-away' as const), guest: vm }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('destroy' as const), guest: vm }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(anyone, fc.constantFrom(...EDITS))
      .map(([guest, [key, value]]): MixedAct => ({ do: 'edit', guest, key, value })),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('by-hand' as const), guest: vm, device: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open-node' as const), guest: fc.constantFrom(null, -1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('close-nodes' as const, 'leave-mdev' as const) }) },
  { weight: 3, arbitrary: fc.constant<MixedAct>({ do: 'reboot-node' }) },
);

/** What people, guests and we do on a machine that can do a mode, by how often. */
export function mixedActs(mode: Mode): fc.Arbitrary<readonly MixedAct[]> {
  const some = fc.oneof({ weight: 3, arbitrary: ours(mode) }, { weight: 2, arbitrary: usual.map((one) => [one]) });
  return fc.array(some, { minLength: 4, maxLength: 12, size: 'max' }).map((all) => all.flat());
}
