// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind, GuestSection } from '../facts/guest-facts.ts';
import { type ConfigSink, parsePendingDeletes } from './config-document.ts';
import { scanCtConfig } from './ct-scan.ts';
import { keptKey, keptLxc, keptValue } from './kept-keys.ts';
import { vmKeys } from './vm-keys.ts';
import { scanVmConfig } from './vm-scan.ts';
import { takesAnyValue } from './vm-value.ts';

/** What facts hold of one configuration file. */
export interface KeptConfig {
  readonly sections: readonly GuestSection[];
  readonly rejectedLines: readonly string[];
}

/** Most lines of a VM say nothing of graphics and can never be wrong: names, network cards, ids. */
const PASSED_OVER: ReadonlySet<string> = new Set([...vmKeys()].filter((key) => !keptKey('qemu', key) && takesAnyValue(key)));

interface OpenSection {
  name: string;
  snapshot?: true;
  keys: { [key: string]: string };
  lxc?: { key: string; value: string }[];
  deletes?: readonly string[];
}

/**
 * Reads a configuration file into facts in one pass, without building a document: a node may have thousands of them. With `wholeArgs` the
 * line `args` is kept as it stands, for a plan that changes it.
 */
export function guestSections(kind: GuestKind, text: string, wholeArgs = false): KeptConfig {
  let open: OpenSection = { name: 'current', keys: {} };
  const sections = new Map<string, OpenSection>([['current', open]]);
  const rejectedLines: string[] = [];
  const sink: ConfigSink = {
    section(_line, sectionKind, name) {
      open = sectionKind === 'snapshot' ? { name, snapshot: true, keys: {} } : { name, keys: {} };
      // Of two sections with one name the later counts; special sections hold nothing that is kept.
      if (sectionKind !== 'special') sections.set(sectionKind === 'snapshot' ? `snapshot ${name}` : sectionKind, open);
    },
    unknownSection(line) {
      rejectedLines.push(`line ${line}`);
    },
    description() {},
    key(_line, key, value) {
      if (keptKey(kind, key)) open.keys[key] = wholeArgs && key === 'args' ? value : keptValue(key, value);
    },
    lxc(_line, key, value) {
      if (!keptLxc(key, value)) return;
      open.lxc ??= [];
      open.lxc.push({ key, value });
    },
    deletes(_line, value) {
      open.deletes = parsePendingDeletes(value)
        .map((one) => one.key)
        .filter((key) => keptKey(kind, key));
    },
    rejected(line, { key }) {
      rejectedLines.push(key === undefined ? `line ${line}` : `line ${line}: ${key}`);
    },
    ignored() {},
  };
  if (kind === 'qemu') scanVmConfig(text, sink, PASSED_OVER);
  else scanCtConfig(text, sink);
  return { sections: [...sections.values()], rejectedLines };
}
