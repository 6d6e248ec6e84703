// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../assign/guest-keys.ts';
import { driverChecks } from './checks/driver-checks.ts';
import { mediaChecks } from './checks/media-checks.ts';
import type { InsideCase } from './inside-case.ts';
import { parseVainfo, type VaCodec, vaCodecs } from './tools/vainfo.ts';
import { parseDriNodes, type VerifyInput } from './verify-input.ts';
import { isIntelAdapter, type WindowsAdapter } from './windows-adapters.ts';
import { windowsDriverReport } from './windows-drivers.ts';

/** One thing that was looked at inside a guest. */
export interface InsideCheck {
  readonly id: string;
  /** `skipped` where a program is missing that nothing rests on. */
  readonly level: 'good' | 'wrong' | 'unknown' | 'skipped';
  readonly text: string;
  readonly hint?: string;
  /** Lines that it rests on. */
  readonly evidence: readonly string[];
}

/** The value of `guest VMID --verify --json`. */
export interface VerifyView {
  readonly format: 1;
  readonly vmid: number;
  readonly guest: string;
  readonly os: string | null;
  readonly kernel: string | null;
  /** `yes` when all that was looked at is good, `no`, or `unknown` when not all could be. */
  readonly works: 'yes' | 'no' | 'unknown';
  readonly checks: readonly InsideCheck[];
  /** VA-API by codec. */
  readonly codecs: readonly VaCodec[];
  /** Pictures a second of the test encode in Full HD; null where it did not run. */
  readonly fps: { readonly vaapi: number | null; readonly quickSync: number | null };
  /** What could not be measured, with the reason; the exit code is then 7. */
  readonly unknown: readonly string[];
}

function view(inside: InsideCase, checks: readonly InsideCheck[], more: Partial<VerifyView> = {}): VerifyView {
  const { guest, linux } = inside;
  const unknown = [...checks.flatMap(({ level, text }) => (level === 'unknown' ? [text] : [])), ...(more.unknown ?? [])];
  const isWrong = checks.some(({ level }) => level === 'wrong');
  return {
    format: 1,
    vmid: guest.vmid,
    guest: guestName(guest),
    os: linux.title ?? linux.known?.distribution.title ?? null,
    kernel: linux.kernel ?? null,
    works: isWrong ? 'no' : unknown.length > 0 || checks.length === 0 ? 'unknown' : 'yes',
    checks,
    codecs: more.codecs ?? [],
    fps: more.fps ?? { vaapi: null, quickSync: null },
    unknown,
  };
}

/** Nothing could be asked: the reason alone. */
export function unverified(inside: InsideCase, reason: string): VerifyView {
  return view(inside, [], { unknown: [reason] });
}

/** Whether a slice works inside a Linux guest. */
export function verifyLinux(input: VerifyInput): VerifyView {
  const { checks, fps } = mediaChecks(input);
  const codecs = input.vainfo === undefined ? [] : vaCodecs(parseVainfo(input.vainfo.stdout));
  return view(input.inside, [nodesCheck(input), ...driverChecks(input), ...checks], { codecs, fps, unknown: input.unanswered });
}

function nodesCheck({ inside, nodes, node }: VerifyInput): InsideCheck {
  const all = parseDriNodes(nodes.stdout);
  const evidence = all.map(({ name, mode, gid }) => `${name} ${mode} gid ${gid}`);
  if (node !== undefined) {
    const text = `/dev/dri/${node.name} is there, for members of the group with the number ${node.gid}.`;
    return { id: 'nodes', level: 'good', text, evidence };
  }
  const text = all.length === 0 ? 'There is no node in /dev/dri.' : "None of the nodes in /dev/dri is Intel's.";
  const hint =
    inside.guest.kind === 'lxc'
      ? 'Restart the container after the assignment; the node must be there on the host, too.'
      : `No driver has the slice: pveigpu guest ${inside.guest.vmid} says what it needs.`;
  return { id: 'nodes', level: 'wrong', text, hint, evidence };
}

/** Whether a slice works inside Windows: its driver, and the device manager's error code. */
export function verifyWindows(inside: InsideCase, adapters: readonly WindowsAdapter[]): VerifyView {
  const own = adapters.filter(isIntelAdapter);
  if (own.length === 0)
    return view(inside, [
      {
        id: 'driver',
        level: 'wrong',
        text: 'Windows sees no Intel GPU.',
        hint: 'Stop and start the VM; a restart inside it is not enough.',
        evidence: adapters.map(({ name }) => name),
      },
    ]);
  return view(
    inside,
    own.map((adapter) => adapterCheck(inside, adapter)),
  );
}

function adapterCheck({ guest }: InsideCase, { name, driverVersion, errorCode, pnpId }: WindowsAdapter): InsideCheck {
  const report = windowsDriverReport(driverVersion);
  const told = report === undefined ? 'nobody reported this version' : `${report.works ? 'works' : 'failed'} on ${report.where}`;
  const evidence = [`${name}, ${pnpId}`, `driver ${driverVersion}: ${told}`];
  if (errorCode === 0) return { id: 'driver', level: 'good', text: `${name} runs with driver ${driverVersion}.`, evidence };
  const hint = errorCode === 43 ? `pveigpu guest ${guest.vmid} has the list of what helps, in order.` : 'See the device manager.';
  return { id: 'driver', level: 'wrong', text: `Windows reports Code ${errorCode} for ${name}.`, hint, evidence };
}
