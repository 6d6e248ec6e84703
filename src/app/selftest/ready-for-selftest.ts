// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../../core/facts/host-facts.ts';
import { ifKnown } from '../../core/facts/section.ts';
import { judge } from '../../core/gpu/judge.ts';
import type { Bdf } from '../../core/pci/address.ts';
import { unknownGuests } from '../../core/pool/pool-users.ts';
import { requireKnown } from '../../core/pool/pve-writable.ts';
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import { gpuForVfs, type VfGpu } from '../../core/vf/vf-gpu.ts';
import { vfHolders } from '../../core/vf/vf-holders.ts';
import type { Context } from '../context.ts';
import { senseForPlan } from '../guest-ground.ts';
import { SELFTEST_VM } from './throwaway-vm.ts';

/** Where a selftest may begin: the GPU, and all facts of the machine before it. */
export interface SelftestGround {
  readonly gpu: VfGpu;
  readonly facts: HostFacts;
}

/**
 * Looks whether a selftest can be run here now. Everything that speaks against it is `gpu.cannot`, with the reason; what could not be read is
 * `facts.unknown`.
 */
export async function readyForSelftest(context: Context, gpu: Bdf | undefined): Promise<Result<SelftestGround>> {
  const { host } = context;
  if (!host.abilities.run || !host.abilities.poke) return cannot(`${host.label} is no running node.`);
  const facts = await senseForPlan(context);
  const known = requireKnown(facts, ['pci', 'pve', 'guests', 'reservations', 'holders']);
  if (!known.ok) return known;
  const doubt = unknownGuests(facts);
  if (doubt !== undefined) return problem('facts.unknown', `It cannot be seen which guests there are: ${doubt}.`);
  const pve = ifKnown(facts.pve);
  if (pve?.isProxmox !== true) return cannot('This is no Proxmox VE node, and a selftest starts a guest through PVE.');
  if (pve.quorate.state === 'known' && !pve.quorate.value)
    return cannot('This node has no quorum, so that PVE starts no guest.', 'Wait for the other nodes of the cluster.');
  const chosen = gpuForVfs(facts, judge(facts), gpu);
  if (!chosen.ok) return chosen.problem.code === 'gpu.several' ? chosen : asCannot(chosen.problem);
  const { vfs, pf } = chosen.value;
  if (vfs.length > 0 && vfs.every((vf) => vfHolders(facts, vf).length > 0))
    return cannot(`All ${vfs.length} VFs of ${pf.bdf} are in use.`, 'Stop one of the guests that use them.');
  const left = await leftOver(context, facts);
  if (left !== undefined)
    return cannot(`VM ${left} is left over from an earlier selftest.`, `Remove it: qm stop ${left}; qm destroy ${left}`);
  return ok({ gpu: chosen.value, facts });
}

/** A guest with the name of ours. Names are no facts, so the files are looked at here. */
async function leftOver({ host }: Context, facts: HostFacts): Promise<number | undefined> {
  const own = (ifKnown(facts.guests)?.guests ?? []).filter((guest) => guest.kind === 'qemu' && guest.running.state !== 'absent');
  for (const { vmid } of own) {
    const file = await host.read(`/etc/pve/qemu-server/${vmid}.conf`);
    if (file.kind === 'content' && file.value.split('\n').includes(`name: ${SELFTEST_VM}`)) return vmid;
  }
  return undefined;
}

function asCannot(found: Problem): Result<never> {
  return cannot(found.message, found.hint);
}

function cannot(message: string, hint?: string): Result<never> {
  return problem('gpu.cannot', message, hint === undefined ? {} : { hint });
}
