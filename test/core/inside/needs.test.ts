// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lookupGpu } from '../../../src/core/gpu/catalogue.ts';
import { cloudConfig } from '../../../src/core/inside/cloud-config.ts';
import { distributionOf } from '../../../src/core/inside/distribution.ts';
import { DISTRIBUTIONS, namedDistribution } from '../../../src/core/inside/distributions.ts';
import { containerDistribution, type InsideCase, systemOf } from '../../../src/core/inside/inside-case.ts';
import { insideNeeds, openSteps } from '../../../src/core/inside/inside-needs.ts';
import type { InsideSlice, SliceKind } from '../../../src/core/inside/inside-slice.ts';
import { commandLine } from '../../../src/core/inside/inside-step.ts';
import { parseOsRelease } from '../../../src/core/inside/os-release.ts';
import { vm } from '../../support/facts.ts';

interface Wanted {
  readonly kind?: SliceKind;
  readonly device?: string;
  readonly os?: string;
  readonly kernel?: string;
  readonly more?: Partial<InsideCase>;
  readonly config?: { readonly [key: string]: string };
}

function caseOf({ kind = 'vf', device = 'a780', os, kernel, more = {}, config = { ostype: 'l26' } }: Wanted): InsideCase {
  const entry = lookupGpu(device);
  if (entry === undefined) throw new Error(`no ${device}`);
  const known = os === undefined ? undefined : namedDistribution(os);
  const guest = kind === 'render' ? { ...vm(200, config), kind: 'lxc' as const } : vm(101, config);
  const slice: InsideSlice = { kind, key: 'hostpci0', device };
  const linux = { ...(known === undefined ? {} : { known }), ...(kernel === undefined ? {} : { kernel }) };
  return { guest, system: systemOf(guest), slice, entry, linux, ...more };
}

/** The steps as one text: who does it, and the commands. */
const text = (wanted: Wanted) =>
  insideNeeds(caseOf(wanted))
    .map(({ id, by, commands }) => [`${id} ${by}`, ...commands.map((command) => `  ${commandLine(command)}`)].join('\n'))
    .join('\n');

describe('the driver of a VF, by the kernel of the guest', () => {
  const driver = (wanted: Wanted) =>
    insideNeeds(caseOf(wanted))
      .filter(({ id }) => id === 'driver' || id === 'options')
      .map((step) => [step.text, ...step.commands.map(commandLine)].join('\n'))
      .join('\n');

  test.each([
    ['a780', '7.0.3-arch1-2', /own xe, once it is told to/, /force_probe=a780\noptions i915 force_probe=!a780/],
    ['a780', '6.12.57+deb13-amd64', /needs i915-sriov-dkms 2026/, /options i915 enable_guc=3\nblacklist xe/],
    ['b080', '6.17.1', /drives this VF with its own xe\./, undefined],
    ['7d55', '7.0.1', /needs i915-sriov-dkms/, /enable_guc=3/],
    ['a780', '5.10.0-30-amd64', /has no driver for this VF, .* A kernel from 6\.18 on has one itself/, undefined],
    ['b080', '6.8.0-50-generic', /A kernel from 6\.17 on has one itself/, undefined],
  ])('%s under %s', (device, kernel, words, options) => {
    const said = driver({ device, kernel, os: 'debian:13' });
    expect(said).toMatch(words);
    if (options === undefined) expect(said).not.toContain('modprobe.d');
    else expect(said).toMatch(options);
  });

  test('an unknown kernel gets both ways in words, and no command', () => {
    const steps = insideNeeds(caseOf({ os: 'debian:13' })).filter(({ id }) => id === 'driver');
    expect(steps).toEqual([
      expect.objectContaining({ by: 'you', commands: [], text: expect.stringMatching(/6\.18 .*; or i915-sriov-dkms/) }),
    ]);
  });

  test('the package of the driver is installed by us only with a hash that was accepted', () => {
    const wanted = { os: 'debian:13', kernel: '6.12.57+deb13-amd64' };
    const sha256 = 'ab'.repeat(32);
    const [byHand] = insideNeeds(caseOf(wanted)).filter(({ id }) => id === 'driver');
    const [ours] = insideNeeds(caseOf({ ...wanted, more: { sha256 } })).filter(({ id }) => id === 'driver');
    expect([byHand?.by, ours?.by]).toEqual(['you', 'pveigpu']);
    const check = ours?.commands.findIndex(({ argv }) => argv.join(' ') === 'sha256sum --check -') ?? -1;
    expect(ours?.commands[check]?.stdin).toMatch(new RegExp(`^${sha256}  /var/tmp/i915-sriov-dkms_[\\d.]+_amd64\\.deb\n$`));
    expect(ours?.commands[check + 1]?.argv).toContain('install');
  });

  test.each([
    ['debian:13', 'update-initramfs'],
    ['ubuntu:24.04', 'update-initramfs'],
    ['fedora:42', 'dracut'],
    ['arch', 'mkinitcpio'],
    ['alpine:3.22', 'mkinitfs'],
  ])('%s: options are done once %s has ended well, and not before', (os, program) => {
    const wanted = caseOf({ os, kernel: '7.0.1' });
    const [step] = insideNeeds(wanted).filter(({ id }) => id === 'options');
    expect(step?.commands.map(({ argv }) => argv[0])).toEqual(['tee', program, 'tee']);
    const optionsWith = (modprobe: string) => insideNeeds({ ...wanted, linux: { ...wanted.linux, modprobe } });
    const [before = '', , after = ''] = step?.commands.map(({ stdin }) => stdin) ?? [];
    expect(before.split('\n')).toEqual(expect.arrayContaining(after.split('\n')));
    expect(openSteps(optionsWith(before)).map(({ id }) => id)).toContain('options');
    expect(optionsWith(after).filter(({ id }) => id === 'options')).toEqual([expect.objectContaining({ done: true })]);
    expect(openSteps(optionsWith(after)).map(({ id }) => id)).not.toContain('options');
  });
});

describe('media drivers', () => {
  test.each([
    ['debian:13', 'gpu', '3e92', 'firmware-intel-graphics intel-media-va-driver-non-free vainfo ffmpeg'],
    ['debian:12', 'gpu', '3e92', 'firmware-misc-nonfree intel-media-va-driver-non-free vainfo ffmpeg'],
    ['debian:13', 'vf', 'a780', 'install -y intel-media-va-driver-non-free libmfx-gen1.2 vainfo'],
    ['debian:13', 'gpu', '0412', 'i965-va-driver-shaders vainfo'],
    ['ubuntu:24.04', 'gpu', 'a780', 'linux-firmware intel-media-va-driver-non-free libmfx-gen1.2'],
    ['fedora:42', 'gpu', 'a780', '--allowerasing intel-gpu-firmware intel-media-driver intel-vpl-gpu-rt'],
    ['arch', 'gpu', 'a780', 'pacman -Syu --noconfirm --needed linux-firmware-intel intel-media-driver vpl-gpu-rt'],
    ['alpine:3.22', 'gpu', 'a780', 'apk add linux-firmware-i915 intel-media-driver onevpl-intel-gpu'],
    ['alpine:3.22', 'mdev', '3e92', 'apk add intel-media-driver libva-utils'],
  ] as const)('%s, %s of %s', (os, kind, device, packages) => {
    expect(text({ os, kind, device, kernel: '6.12.1' })).toContain(packages);
  });

  test('the whole of a container of each distribution', () => {
    for (const { id } of DISTRIBUTIONS) {
      const said = text({ os: id, kind: 'render', more: { user: 'media' } });
      expect(said).toMatch(/^driver you\n/);
      expect(said).not.toMatch(/firmware|modprobe|initramfs|reboot|enable_guc/);
      expect(said).toMatch(
        /groups pveigpu\n {2}\S+ .*\bmedia\b.*\n {2}\S+ .*\brender\b|groups pveigpu\n {2}addgroup media video/,
      );
    }
  });

  test('another distribution gets words alone', () => {
    expect(openSteps(insideNeeds(caseOf({})))).toEqual([]);
    expect(text({})).toMatch(/media-driver you/);
  });
});

describe('which distribution', () => {
  test.each([
    ['ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'debian', '12'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"', 'ubuntu', undefined],
    ["ID='arch'\n", 'arch', undefined],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"', 'fedora', undefined],
    ['ID=alpine\nVERSION_ID=3.22.1', 'alpine', '3.22.1'],
    ['ID=nixos', undefined, undefined],
  ])('%j', (said, id, version) => {
    const release = parseOsRelease(said);
    const known = release === undefined ? undefined : distributionOf(release, DISTRIBUTIONS);
    expect([known?.distribution.id, known?.version]).toEqual([id, version]);
  });

  test('names that a person types, and a container', () => {
    expect(
      ['debian', 'ubuntu:24.04', 'suse', 'debian:x', 'constructor'].map((name) => namedDistribution(name)?.distribution.id),
    ).toEqual(['debian', 'ubuntu', undefined, undefined, undefined]);
    const guest = { ...vm(200, { ostype: 'archlinux' }), kind: 'lxc' as const };
    expect(containerDistribution(guest)?.distribution.id).toBe('arch');
  });
});

test('Windows: the driver, then the list in order, what is done marked', () => {
  const steps = insideNeeds(caseOf({ config: { ostype: 'win11', cpu: 'host', machine: 'pc-q35-9.2' } }));
  expect(steps.map(({ id, done }) => `${id}${done === true ? ' done' : ''}`)).toEqual([
    'driver',
    'display',
    'code-43-cpu done',
    'code-43-machine done',
    'code-43-rom',
    'code-43-hypervisor done',
    'code-43-vbs',
    'verify',
  ]);
  expect(steps[0]?.text).toMatch(/31\.0\.101\.4577 to 32\.0\.101\.7088 .*32\.0\.101\.7085 failed/);
});

test('cloud-init: the options are counted as done only where the initramfs was made', () => {
  const line = cloudConfig(caseOf({ os: 'debian:13', kernel: '7.0.1' }))
    .split('\n')
    .find((one) => one.includes('update-initramfs'));
  const [shell, flag, script, text, , ...rest]: readonly string[] = JSON.parse(line?.replace('  - ', '') ?? '[]');
  const folder = mkdtempSync(join(tmpdir(), 'pveigpu-cloud-'));
  const path = join(folder, 'pveigpu.conf');
  const run = (program: string) =>
    spawnSync(shell ?? '', [flag ?? '', script ?? '', text ?? '', path, program, ...rest.slice(1)]);
  try {
    writeFileSync(path, 'unfinished\n');
    run('false');
    expect(readFileSync(path, 'utf8')).toBe('unfinished\n');
    run('true');
    expect(readFileSync(path, 'utf8')).toBe(text);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('cloud-init: the same commands, files first', () => {
  const said = cloudConfig(caseOf({ os: 'debian:13', kernel: '7.0.1', more: { user: 'media' } }));
  expect(said).toBe(`#cloud-config
# Written by pveigpu for guest 101: what its Intel GPU needs inside.
# Use it with: qm set 101 --cicustom "vendor=STORAGE:snippets/FILE"
write_files:
  - path: "/etc/modprobe.d/pveigpu.conf"
    owner: "root:root"
    permissions: "0644"
    content: "# The initramfs is still to be made.\\n# Written by pveigpu (guest --apply).\\noptions xe force_probe=a780\\noptions i915 force_probe=!a780\\n"
runcmd:
  - ["sh","-c","path=$1; shift; \\"$@\\" && printf %s \\"$0\\" > \\"$path\\"","# Written by pveigpu (guest --apply).\\noptions xe force_probe=a780\\noptions i915 force_probe=!a780\\n","/etc/modprobe.d/pveigpu.conf","update-initramfs","-u","-k","all"]
  - ["sed","-i","-E","/^Components:/{/non-free( |$)/!s/$/ non-free/}","/etc/apt/sources.list.d/debian.sources"]
  - ["apt-get","update"]
  - ["env","DEBIAN_FRONTEND=noninteractive","apt-get","install","-y","intel-media-va-driver-non-free","libmfx-gen1.2","vainfo","ffmpeg","intel-gpu-tools"]
  - ["usermod","-aG","video","media"]
  - ["usermod","-aG","render","media"]
`);
});
