// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { cmdlineEvidence } from './gpu-case.ts';
import type { Evidence } from './verdict.ts';

/** Where a module is kept from loading: the kernel command line or modprobe.d; undefined when nothing does. */
export function blacklisted(facts: HostFacts, module: string): Evidence | undefined {
  const list = `=(.*,)?${module}(,|$)`;
  const forAll = cmdlineEvidence(facts, new RegExp(`^modprobe\\.blacklist${list}`));
  // Of several lists of this one the kernel keeps the last (kernel/module/main.c).
  const last = cmdlineEvidence(facts, /^module_blacklist=/)
    ?.value.split(' ')
    .at(-1);
  if (last !== undefined && new RegExp(`^module_blacklist${list}`).test(last)) return { source: '/proc/cmdline', value: last };
  if (forAll !== undefined) return forAll;
  const rule = new RegExp(`^\\s*(blacklist\\s+${module}|install\\s+${module}\\s+/(usr/)?bin/(true|false))\\s*$`);
  const line = ifKnown(facts.modules)?.configLines.find((candidate) => rule.test(candidate.text));
  return line === undefined ? undefined : { source: `${line.path}:${line.line}`, value: line.text.trim() };
}
