// SPDX-License-Identifier: AGPL-3.0-or-later
import { isBuildTool } from './build-tools.ts';

/** What of the packages that came with build tools of ours can go with them, and what stays. */
export interface BuildDependencies {
  readonly idle: readonly { readonly name: string; readonly version: string }[];
  /** Still needed, or since then somebody's own choice. */
  readonly stay: readonly string[];
}

interface Known {
  readonly name: string;
  readonly version: string;
  /** For each need the names that meet it. */
  readonly needs: readonly (readonly string[])[];
  /** Its own name and what it provides. */
  readonly meets: readonly string[];
}

/**
 * The packages that apt installed with our build tools (`ours` has all that we installed) and that nothing would need without them. As
 * apt's autoremove has it, only those count that apt marks as installed by itself, and what another package recommends stays.
 * `status` is dpkg's status file, `extended` is `/var/lib/apt/extended_states`.
 */
export function buildDependencies(status: string, extended: string, ours: readonly string[]): BuildDependencies {
  const installed = stanzasOf(status).flatMap(knownPackage);
  const byName = new Map(installed.map((one) => [one.name, one]));
  const tools = ours.filter((name) => isBuildTool(name) && byName.has(name));
  const meeting = providers(installed);
  const came = new Set<string>();
  const follow = (name: string) => {
    for (const one of (byName.get(name)?.needs ?? []).flatMap((need) => need.flatMap((met) => meeting.get(met) ?? []))) {
      if (!ours.includes(one.name) || came.has(one.name) || isBuildTool(one.name)) continue;
      came.add(one.name);
      follow(one.name);
    }
  };
  for (const tool of tools) follow(tool);
  const automatic = new Set(
    stanzasOf(extended).flatMap((text) => (field(text, 'Auto-Installed') === '1' ? [field(text, 'Package') ?? ''] : [])),
  );
  const going = new Set([...tools, ...[...came].filter((name) => automatic.has(name))]);
  while (dropNeeded(installed, meeting, going, tools));
  const idle = [...going].filter((name) => !tools.includes(name)).sort();
  const withVersion = idle.map((name) => ({ name, version: byName.get(name)?.version ?? '' }));
  return { idle: withVersion, stay: [...came].filter((name) => !idle.includes(name)).sort() };
}

/** Takes out of `going` what a package that stays needs; says whether there was any. */
function dropNeeded(
  installed: readonly Known[],
  meeting: ReadonlyMap<string, readonly Known[]>,
  going: Set<string>,
  tools: readonly string[],
): boolean {
  const needed = installed.flatMap(({ name, needs }) => {
    if (going.has(name)) return [];
    return needs.flatMap((need) => {
      const meet = need.flatMap((met) => meeting.get(met) ?? []);
      return meet.some((one) => !going.has(one.name)) ? [] : meet.filter((one) => !tools.includes(one.name));
    });
  });
  for (const { name } of needed) going.delete(name);
  return needed.length > 0;
}

/** By name the packages that are it or provide it. */
function providers(installed: readonly Known[]): ReadonlyMap<string, readonly Known[]> {
  const found = new Map<string, Known[]>();
  for (const one of installed) for (const met of one.meets) found.set(met, [...(found.get(met) ?? []), one]);
  return found;
}

function knownPackage(text: string): readonly Known[] {
  const name = field(text, 'Package');
  const state = field(text, 'Status')?.split(' ')[2];
  if (name === undefined || state === undefined || state === 'config-files' || state === 'not-installed') return [];
  const listed = ['Depends', 'Pre-Depends', 'Recommends'].flatMap((kind) => field(text, kind)?.split(',') ?? []);
  const needs = listed.map((need) => need.split('|').map(bareName));
  return [
    {
      name,
      version: field(text, 'Version') ?? '',
      needs,
      meets: [name, ...(field(text, 'Provides')?.split(',') ?? []).map(bareName)],
    },
  ];
}

/** `gcc:any (>= 4:10)` as `gcc`. */
function bareName(text: string): string {
  return /^\s*([^\s:(]+)/.exec(text)?.[1] ?? '';
}

function stanzasOf(text: string): readonly string[] {
  return text.split(/\n\n+/).filter((stanza) => stanza.trim() !== '');
}

function field(stanza: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
}
