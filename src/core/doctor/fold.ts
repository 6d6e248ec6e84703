// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Finding } from './examine.ts';
import type { FindingId, FindingRule, Trouble } from './finding.ts';

/** A problem with what follows from it. */
export interface Folded {
  readonly rule: FindingRule;
  readonly trouble: Trouble;
  readonly consequences: readonly Folded[];
}

/** Tells the GPU that an address belongs to: the PF of a VF, else the address itself. */
export type GpuOf = (address: string) => string;

interface Node extends Folded {
  readonly consequences: Node[];
  cause?: Node;
}

/**
 * Puts each problem under the one that it follows from, so that what is left at the top is what has to be mended. Of several
 * problems that could be the cause it is the one of the same subject, else the first; one of another GPU or guest is none.
 */
export function fold(findings: readonly Finding[], gpuOf: GpuOf): readonly Folded[] {
  const nodes: Node[] = [];
  const byId = new Map<FindingId, Node[]>();
  for (const { rule, outcome } of findings) {
    if (outcome.state !== 'problem') continue;
    const node: Node = { rule, trouble: outcome, consequences: [] };
    nodes.push(node);
    const same = byId.get(rule.id);
    if (same === undefined) byId.set(rule.id, [node]);
    else same.push(node);
  }
  for (const node of nodes) {
    const cause = causeOf(node, byId, gpuOf);
    if (cause === undefined || followsFrom(cause, node)) continue;
    node.cause = cause;
    cause.consequences.push(node);
  }
  return nodes.filter(({ cause }) => cause === undefined);
}

function causeOf({ rule, trouble }: Node, byId: ReadonlyMap<FindingId, readonly Node[]>, gpuOf: GpuOf): Node | undefined {
  const own = trouble.subject;
  let first: Node | undefined;
  for (const id of trouble.follows ?? rule.follows ?? [])
    for (const node of byId.get(id) ?? []) {
      const other = node.trouble.subject;
      if (own !== undefined && own === other) return node;
      if (first === undefined && !areApart(own, other, gpuOf)) first = node;
    }
  return first;
}

/** Whether one problem follows from another already: rules that name each other must not hide both. */
function followsFrom(node: Node | undefined, other: Node): boolean {
  for (let at = node; at !== undefined; at = at.cause) if (at === other) return true;
  return false;
}

const ADDRESS = /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const GUEST = /^(?:VM|CT|container) (\d+)$/;

/** Two subjects of one kind that are not the same thing; of different kinds nothing can be said. */
function areApart(one: string | undefined, other: string | undefined, gpuOf: GpuOf): boolean {
  if (one === undefined || other === undefined) return false;
  if (ADDRESS.test(one) && ADDRESS.test(other)) return gpuOf(one) !== gpuOf(other);
  const [a, b] = [GUEST.exec(one)?.[1], GUEST.exec(other)?.[1]];
  return a !== undefined && b !== undefined && a !== b;
}
