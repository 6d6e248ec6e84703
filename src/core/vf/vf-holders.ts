// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Vf } from './vf.ts';

/** Somebody who uses a VF now, and how we know. */
export interface VfHolder {
  readonly vmid?: number;
  readonly ctid?: number;
  readonly pid?: number;
  /** `reserved`: PVE's own list says so; `open`: a process has its device node open. */
  readonly how: 'reserved' | 'open';
  /** For messages: `VM 101`, `container 105`, `qemu (pid 812)`. */
  readonly name: string;
}

/** Who uses a VF now: PVE's reservations, and processes that have its VFIO group or its DRM nodes open. Each holder once. */
export function vfHolders(facts: HostFacts, vf: Vf): readonly VfHolder[] {
  const found: VfHolder[] = [];
  for (const one of ifKnown(facts.reservations)?.reservations ?? []) {
    if (!one.live || one.pciId !== vf.bdf) continue;
    found.push({
      vmid: one.vmid,
      ...(one.pid === undefined ? {} : { pid: one.pid }),
      how: 'reserved',
      name: `VM ${one.vmid}`,
    });
  }
  const paths = nodesOf(facts, vf);
  for (const holder of ifKnown(facts.holders)?.holders ?? []) {
    if (!holder.paths.some((path) => paths.includes(path))) continue;
    const { vmid, ctid, pid, command } = holder;
    found.push({
      ...(vmid === undefined ? {} : { vmid }),
      ...(ctid === undefined ? {} : { ctid }),
      pid,
      how: 'open',
      name: vmid !== undefined ? `VM ${vmid}` : ctid !== undefined ? `container ${ctid}` : `${command} (pid ${pid})`,
    });
  }
  return found.filter((holder, at) => found.findIndex((other) => other.name === holder.name) === at);
}

/** The device nodes by which a VF can be open: its VFIO group and its DRM nodes. */
function nodesOf(facts: HostFacts, vf: Vf): readonly string[] {
  const group = vf.device?.iommuGroup ?? null;
  const drm = (ifKnown(facts.drm)?.nodes ?? []).filter((node) => node.pci === vf.bdf).map((node) => node.path);
  return group === null ? drm : [`/dev/vfio/${group}`, ...drm];
}
