// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PackageFacts } from '../facts/package-facts.ts';
import type { PackageChoice, Remark } from '../plan/action.ts';
import { parseAptSourceLine } from '../platform/apt-sources.ts';
import { unfinishedPackages } from '../platform/package-states.ts';
import type { AptAnswer } from './apt-answer.ts';

/** What was looked at before packages are installed. */
export interface PreflightLook {
  readonly packages: readonly PackageChoice[];
  /** Packages that the same plan removes or mends. */
  readonly mended: readonly string[];
  /** Absent when they are not known. */
  readonly facts?: PackageFacts | undefined;
  /** Absent when apt could not be asked. */
  readonly apt?: AptAnswer | undefined;
  /** Who holds the lock of dpkg or apt. */
  readonly holder?: { readonly pid: number; readonly command: string } | undefined;
  /** Whether a default route is there; absent when it is not known. */
  readonly hasRoute?: boolean | undefined;
}

const CODE = 'packages.blocked';
const REPOSITORIES = 'https://pve.proxmox.com/wiki/Package_Repositories says which sources there are.';

/** What stands between a plan and its packages, said before its first step. None where all is well, or where nothing is installed. */
export function preflightRemarks(look: PreflightLook): readonly Remark[] {
  if (look.packages.length === 0) return [];
  return [...locked(look), ...unfinished(look), ...enterprise(look), ...aptSays(look), ...offline(look)];
}

function locked({ holder }: PreflightLook): readonly Remark[] {
  if (holder === undefined) return [];
  const text = `Packages are being installed by somebody else right now: process ${holder.pid} (${holder.command}) holds dpkg's lock.`;
  return [{ level: 'blocker', id: 'packages.locked', code: 'host.locked', text, hint: 'Wait until it is done.' }];
}

/** dpkg takes unfinished packages up again in every run, and with them the run fails. */
function unfinished({ facts, packages, mended }: PreflightLook): readonly Remark[] {
  const touched = [...mended, ...packages.map(({ name }) => name)];
  const left = facts === undefined ? [] : unfinishedPackages(facts).filter(({ name }) => !touched.includes(name));
  if (left.length === 0) return [];
  const list = left.map(({ name, state }) => `${name} (${state})`).join(', ');
  const text = `dpkg has left packages unfinished, and takes them up again first: ${list}.`;
  const driver = left.some(({ name }) => name.endsWith('-dkms'));
  const hint = `See what dpkg --configure -a says${driver ? '; a driver that does not build can go: pveigpu driver remove' : ''}.`;
  return [{ level: 'blocker', id: 'packages.unfinished', code: CODE, overridable: true, text, hint }];
}

/** Why apt has no list of Proxmox's packages: the enterprise repository answers 401 without a subscription. Undefined where it is not that. */
function enterpriseTrouble(facts: PackageFacts): { readonly text: string; readonly hint: string } | undefined {
  const of = facts.sources.find(({ text }) => hostOf(text) === 'enterprise.proxmox.com');
  if (of === undefined || facts.enterpriseLogin) return undefined;
  const text = `The enterprise repository of Proxmox is switched on (${of.path}), but this node has no subscription, so apt gets nothing from it.`;
  return { text, hint: `Switch it off and pve-no-subscription on, or add a subscription: ${REPOSITORIES}` };
}

/** The same, where no other source of Proxmox is there: then apt has none of its packages. */
export function cutOff(facts: PackageFacts): { readonly text: string; readonly hint: string } | undefined {
  return hasNoSubscription(facts) ? undefined : enterpriseTrouble(facts);
}

function enterprise({ facts, packages, apt }: PreflightLook): readonly Remark[] {
  const trouble = facts === undefined || !needsProxmox(packages) ? undefined : enterpriseTrouble(facts);
  if (facts === undefined || trouble === undefined) return [];
  const level = apt?.kind === 'unknown' && cutOff(facts) !== undefined ? 'blocker' : 'warning';
  return [{ level, id: 'packages.enterprise', ...trouble, ...(level === 'blocker' ? { code: CODE } : {}) }];
}

function aptSays({ apt, facts, packages }: PreflightLook): readonly Remark[] {
  const blocker = (id: string, text: string, hint: string): readonly Remark[] => [
    { level: 'blocker', id, code: CODE, text, hint },
  ];
  switch (apt?.kind) {
    case 'fine': {
      if (apt.removes.length === 0) return [];
      const text = `To install this, apt would remove ${apt.removes.join(', ')}.`;
      return blocker('packages.removes', text, 'Solve that by hand with apt first.');
    }
    case 'unknown': {
      const none = facts !== undefined && needsProxmox(packages) && !facts.sources.some(({ text }) => isProxmox(text));
      const text = `${apt.names.join(', ')} ${apt.names.length === 1 ? 'is' : 'are'} not in your repositories${none ? ', of which none is of Proxmox' : ''}.`;
      const hint = none ? `Add one: ${REPOSITORIES}` : 'Run apt-get update; where that does not help, give package files.';
      return blocker('packages.not-offered', text, hint);
    }
    case 'unmet':
      return blocker(
        'packages.unmet',
        `apt finds no way to install this: ${apt.lines.join('; ')}.`,
        'Solve that by hand with apt first.',
      );
    case 'interrupted':
      return blocker('packages.interrupted', 'A run of dpkg was broken off.', 'Run dpkg --configure -a.');
    case 'other':
      return blocker('packages.apt', `apt cannot install this: ${apt.said}`, 'Solve that by hand with apt first.');
    default:
      return [];
  }
}

/** Package files and local mirrors need no network. */
function offline({ hasRoute, packages, facts, apt }: PreflightLook): readonly Remark[] {
  if (hasRoute !== false || apt?.kind !== 'fine' || packages.every(({ file }) => file !== undefined)) return [];
  const remote = facts?.sources.some(({ text }) => /^https?:/.test(parseAptSourceLine(text)?.uri ?? ''));
  if (remote === false) return [];
  const text = 'This node has no route to the internet, and packages have to be fetched.';
  const hint = 'Give --force where a mirror or a proxy is near.';
  return [{ level: 'blocker', id: 'packages.offline', code: CODE, overridable: true, text, hint }];
}

function needsProxmox(packages: readonly PackageChoice[]): boolean {
  return packages.some(({ name, file }) => file === undefined && /^(proxmox|pve)-/.test(name));
}

function hasNoSubscription(facts: PackageFacts): boolean {
  return facts.sources.some(({ text }) => isProxmox(text) && hostOf(text) !== 'enterprise.proxmox.com');
}

function isProxmox(line: string): boolean {
  return /\bpve-(no-subscription|test|enterprise)\b|\bpvetest\b/.test(line) || /\/debian\/pve\b/.test(line);
}

function hostOf(line: string): string {
  return /^[a-z+]+:\/\/([^/:]+)/.exec(parseAptSourceLine(line)?.uri ?? '')?.[1] ?? '';
}
