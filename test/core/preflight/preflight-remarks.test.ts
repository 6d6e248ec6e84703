// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { PackageFacts } from '../../../src/core/facts/package-facts.ts';
import { readAptAnswer } from '../../../src/core/preflight/apt-answer.ts';
import { type PreflightLook, preflightRemarks } from '../../../src/core/preflight/preflight-remarks.ts';
import { hasDefaultRoute, recordLockHolders } from '../../../src/core/preflight/process-locks.ts';

/** What apt 2.6.1 printed on Debian 12 for `apt-get -s install`, with the packages' names changed. */
const START = 'Reading package lists...\nBuilding dependency tree...\nReading state information...\n';
const UNKNOWN =
  "E: Unable to locate package proxmox-kernel-6.5.13-5-pve-signed\nE: Couldn't find any package by glob 'proxmox-kernel-6.5.13-5-pve-signed'\nE: Couldn't find any package by regex 'proxmox-kernel-6.5.13-5-pve-signed'\n";
const NO_VERSION = "E: Version '1.2' for 'dkms' was not found\n";
const UNMET = `${START}Some packages could not be installed. This may mean that you have
requested an impossible situation or if you are using the unstable
distribution that some required packages have not yet been created
or been moved out of Incoming.
The following information may help to resolve the situation:

The following packages have unmet dependencies:
 i915-sriov-dkms : Depends: proxmox-headers-nothere but it is not installable
`;
const HELD = 'E: Unable to correct problems, you have held broken packages.\n';
const REMOVES = `${START}The following packages will be REMOVED:
  proxmox-ve
The following NEW packages will be installed:
  xremover
0 upgraded, 1 newly installed, 1 to remove and 106 not upgraded.
Remv proxmox-ve [9.0.0]
Inst xremover (1 local-deb [all])
Conf xremover (1 local-deb [all])
`;
const INTERRUPTED = "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. \n";
const REINSTALL = "E: The package proxmox-headers-6.17.2-1-pve needs to be reinstalled, but I can't find an archive for it.\n";

describe('what apt says', () => {
  test.each([
    ['fine', 0, START, '', { kind: 'fine', removes: [] }],
    ['would remove', 0, REMOVES, '', { kind: 'fine', removes: ['proxmox-ve'] }],
    ['no such package', 100, START, UNKNOWN, { kind: 'unknown', names: ['proxmox-kernel-6.5.13-5-pve-signed'] }],
    ['no such version', 100, START, NO_VERSION, { kind: 'unknown', names: ['dkms'] }],
    [
      'unmet',
      100,
      UNMET,
      HELD,
      { kind: 'unmet', lines: ['i915-sriov-dkms : Depends: proxmox-headers-nothere but it is not installable'] },
    ],
    ['interrupted', 100, '', INTERRUPTED, { kind: 'interrupted' }],
    [
      'another',
      100,
      START,
      REINSTALL,
      {
        kind: 'other',
        said: "The package proxmox-headers-6.17.2-1-pve needs to be reinstalled, but I can't find an archive for it.",
      },
    ],
  ] as const)('%s', (_name, exitCode, stdout, stderr, answer) => {
    expect(readAptAnswer(exitCode, stdout, stderr)).toEqual(answer);
  });
});

const NO_SUBSCRIPTION = 'deb http://download.proxmox.com/debian/pve trixie pve-no-subscription';
const ENTERPRISE = 'deb https://enterprise.proxmox.com/debian/pve trixie pve-enterprise';
const DEBIAN = 'deb http://debian.org/debian trixie main';
const facts = (sources: readonly string[], more: Partial<PackageFacts> = {}): PackageFacts => ({
  packages: [],
  sources: sources.map((text) => ({ path: '/etc/apt/sources.list.d/pve.sources', text })),
  enterpriseLogin: false,
  ...more,
});
const fine = { kind: 'fine', removes: [] } as const;
const kernel = [{ name: 'proxmox-kernel-6.17.9-1-pve-signed' }];
const unknown = { kind: 'unknown', names: ['proxmox-kernel-6.17.9-1-pve-signed'] } as const;
const look = (more: Partial<PreflightLook>): readonly { id: string; level: string; text: string; overridable?: boolean }[] =>
  preflightRemarks({ packages: kernel, mended: [], facts: facts([NO_SUBSCRIPTION, DEBIAN]), apt: fine, hasRoute: true, ...more });
const short = (more: Partial<PreflightLook>) => look(more).map(({ id, level }) => `${level} ${id}`);

describe('before packages are installed', () => {
  test('all well, or nothing to install: nothing is said', () => {
    expect(look({})).toEqual([]);
    expect(look({ packages: [], apt: unknown, hasRoute: false, holder: { pid: 1, command: 'apt' } })).toEqual([]);
  });

  test('enterprise without a subscription', () => {
    expect(short({ facts: facts([ENTERPRISE, DEBIAN]), apt: unknown })).toEqual([
      'blocker packages.enterprise',
      'blocker packages.not-offered',
    ]);
    expect(short({ facts: facts([ENTERPRISE, NO_SUBSCRIPTION]) })).toEqual(['warning packages.enterprise']);
    expect(short({ facts: facts([ENTERPRISE], { enterpriseLogin: true }) })).toEqual([]);
    expect(short({ facts: facts([ENTERPRISE]), packages: [{ name: 'dkms' }] })).toEqual([]);
  });

  test('no source of Proxmox at all', () => {
    const [remark] = look({ facts: facts([DEBIAN]), apt: unknown });
    expect(remark?.text).toBe('proxmox-kernel-6.17.9-1-pve-signed is not in your repositories, of which none is of Proxmox.');
  });

  test('an older list', () => {
    expect(look({ apt: unknown })).toMatchObject([
      { level: 'blocker', text: 'proxmox-kernel-6.17.9-1-pve-signed is not in your repositories.' },
    ]);
  });

  test('unfinished packages, unless the plan takes them out or mends them', () => {
    const packages = [{ name: 'i915-sriov-dkms', version: '2026.05.06', state: 'half-configured' }];
    const half = { facts: facts([NO_SUBSCRIPTION], { packages }) };
    expect(look(half)).toMatchObject([
      { level: 'blocker', overridable: true, text: expect.stringContaining('i915-sriov-dkms (half-configured)') },
    ]);
    expect(look({ ...half, mended: ['i915-sriov-dkms'] })).toEqual([]);
    expect(look({ ...half, packages: [{ name: 'i915-sriov-dkms', file: '/x.deb' }] })).toEqual([]);
  });

  test('dpkg is at work', () => {
    expect(look({ holder: { pid: 812, command: 'unattended-upgr' } })).toMatchObject([
      { level: 'blocker', code: 'host.locked', text: expect.stringContaining('process 812 (unattended-upgr)') },
    ]);
  });

  test('no network', () => {
    expect(short({ hasRoute: false })).toEqual(['blocker packages.offline']);
    expect(short({ hasRoute: undefined })).toEqual([]);
    expect(short({ hasRoute: false, packages: [{ name: 'proxmox-kernel-x', file: '/k.deb' }] })).toEqual([]);
    expect(short({ hasRoute: false, facts: facts(['deb file:/srv/mirror trixie main']) })).toEqual([]);
  });

  test.each([
    [{ kind: 'fine', removes: ['proxmox-ve'] }, 'packages.removes'],
    [{ kind: 'unmet', lines: ['a : Depends: b'] }, 'packages.unmet'],
    [{ kind: 'interrupted' }, 'packages.interrupted'],
    [{ kind: 'other', said: 'x' }, 'packages.apt'],
  ] as const)('%j', (apt, id) => {
    expect(short({ apt })).toEqual([`blocker ${id}`]);
  });
});

describe('what /proc says', () => {
  /** From Linux 6.1 while a process held lock-frontend; the second form is a process that waits (proc_locks(5)). */
  const LOCKS =
    '1: POSIX  ADVISORY  WRITE 23261 fe:00:402117 0 EOF\n1: -> POSIX  ADVISORY  WRITE 23300 fe:00:402117 0 EOF\n2: FLOCK  ADVISORY  WRITE 7 00:17:5 0 EOF\n3: POSIX  ADVISORY  READ  9 00:17:6 0 EOF\n';

  test('who holds a record lock', () => {
    expect(recordLockHolders(LOCKS)).toEqual([23261]);
  });

  const V4 = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT  \n';
  const LAN = `${V4}eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   \n`;
  const ROUTE = `${LAN}eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   \n`;
  const ZERO = '00000000000000000000000000000000';
  const V6 = `${ZERO} 00 ${ZERO} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n`;
  const UNREACHABLE = `${ZERO} 00 ${ZERO} 00 ${ZERO} ffffffff 00000001 00000000 00200200       lo\n`;

  test('whether a default route is there', () => {
    expect(hasDefaultRoute(ROUTE, '')).toBe(true);
    expect(hasDefaultRoute(LAN, V6)).toBe(true);
    expect(hasDefaultRoute(LAN, UNREACHABLE)).toBe(false);
    expect(hasDefaultRoute(undefined, undefined)).toBeUndefined();
  });
});
