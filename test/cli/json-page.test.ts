// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { putGuestSystem } from '../../src/simulator/guests/guest-system.ts';
import { debianGuest } from '../../src/simulator/guests/usual-guests.ts';
import { simulated } from '../app/simulated.ts';
import { firmwareOfAll } from '../core/rom/extract/firmware-image.ts';
import { BENCHMARK } from '../fixtures/guest-tools/ffmpeg.ts';
import { COMET_LAKE } from '../fixtures/guest-tools/vainfo.ts';
import { makeRom, nucRom, romOfAll } from '../support/option-rom.ts';
import { jsonOf, mustType, raptorLake, typed, withVfs } from './command-line.ts';

const PAGE = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');

interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
}

/** The tables of the page by heading, those of `## Kinds` and `## Parts`. */
function tables(part: 'Kinds' | 'Parts'): ReadonlyMap<string, readonly Field[]> {
  const text = new RegExp(`^## ${part}$([^]*?)(?=^## |$(?![^]))`, 'm').exec(PAGE)?.[1] ?? '';
  return new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const rows = [...section.matchAll(/^\| `([^`]+)` \| (.+?) \| .+ \|$/gm)];
        const fields = rows.map(([, name = '', type = '']) => ({
          name: name.replace('?', ''),
          optional: name.endsWith('?'),
          type,
        }));
        return [section.slice(0, section.indexOf('\n')), fields];
      }),
  );
}

const KINDS = tables('Kinds');
const PARTS = tables('Parts');

/** What in a value is not as the page says; every field that was there is noted in `seen`. */
function wrong(value: unknown, type: string, where: string, seen: Set<string>): readonly string[] {
  if (type.endsWith(' or null')) return value === null ? [] : wrong(value, type.slice(0, -' or null'.length), where, seen);
  if (type.startsWith('list of ')) {
    if (!Array.isArray(value)) return [`${where} is no list`];
    return value.flatMap((one) => wrong(one, type.slice('list of '.length), `${where}[]`, seen));
  }
  const part = /^\[(.+)\]\(#\1\)$/.exec(type)?.[1];
  if (part !== undefined) return wrongFields(value, part, PARTS.get(part) ?? [], where, seen);
  const plain = { text: 'string', number: 'number', 'yes/no': 'boolean' }[type];
  if (plain === undefined) return [`${where}: the page has no type "${type}"`];
  return typeof value === plain ? [] : [`${where} is ${JSON.stringify(value)}, not ${type}`];
}

function wrongFields(
  value: unknown,
  part: string,
  fields: readonly Field[],
  where: string,
  seen: Set<string>,
): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${where} is no object`];
  const present = Object.entries(value);
  const known = new Map(fields.map((field) => [field.name, field]));
  return [
    ...fields.filter(({ name, optional }) => !optional && !(name in value)).map(({ name }) => `${where}.${name} is missing`),
    ...present.flatMap(([name, inner]) => {
      const field = known.get(name);
      seen.add(`${part}.${name}`);
      return field === undefined ? [`${where}.${name} is not on the page`] : wrong(inner, field.type, `${where}.${name}`, seen);
    }),
  ];
}

/** What is said of a damaged firmware image with one of each, and of ROM files that guests use, here and on another node. */
async function storedRoms(): Promise<readonly { readonly kind: string }[]> {
  const one = simulated('apollo-lake');
  const { tree } = one.node.machine;
  tree.setFile('/root/bios.bin', firmwareOfAll());
  tree.setFile('/root/installer.exe', 'MZ');
  one.writeConfig(101, 'hostpci0: 0000:00:02.0,romfile=igd.rom\nmemory: 64\n');
  tree.setFile('/etc/pve/nodes/pve2/qemu-server/103.conf', 'hostpci0: 0000:00:02.0,romfile=gone.rom\nmemory: 64\n');
  tree.setFile('/root/igd.rom', makeRom({ device: 0x5a85 }));
  const lines = [
    'extract /root/bios.bin',
    'extract /root/bios.bin --list',
    'extract /root/installer.exe',
    'list',
    'install /root/igd.rom --yes',
    'list',
  ];
  const values: { readonly kind: string }[] = [];
  for (const line of lines)
    values.push(jsonOf(await typed(one, `rom ${line} --json${line.endsWith('bin') ? ' --to /root' : ''}`)));
  return values;
}

/** Values as the commands print them, in as many situations as it takes to meet every field. */
async function realOutputs(): Promise<readonly { readonly kind: string; readonly [field: string]: unknown }[]> {
  const values: { readonly kind: string }[] = [];
  const used = await withVfs();
  const type = async (machine: typeof used, line: string) => void values.push(jsonOf(await typed(machine, `${line} --json`)));
  await type(raptorLake(), 'assign 101 --vf 3 --dry-run');
  await type(used, 'assign 110 --yes');
  await used.must('qm', 'start', '110');
  await type(used, 'assign 110 --vf 2 --yes');
  used.writeConfig(112, 'hostpci0: 0000:00:02\nmemory: 64\n');
  await type(used, 'assign 111 --yes --force');
  for (const line of ['status', 'vf list', 'assignments', 'pool list', 'kernel list', 'hook 110 pre-start', 'hook 112 pre-start'])
    await type(used, line);
  for (const line of ['vf remove --yes', 'assign 999 --yes', 'unassign 110 --yes', 'pool create spare --dry-run', 'capture -'])
    await type(used, line);
  for (const profile of ['raptor-lake-s', 'jasper-lake', 'no-igpu', 'panther-lake', 'coffee-lake', 'raptor-lake-s-untouched'])
    await type(simulated(profile), 'verdict');
  const failed = await withVfs();
  await typed(failed, 'assign 110 --yes');
  const path = '/var/lib/pveigpu/journal/0002.json';
  const run = JSON.parse(failed.node.machine.tree.text(path) ?? '');
  run.state = 'incomplete';
  run.failure = 'VM 110 is locked (backup).';
  run.user = 'alice@pve';
  run.steps[0] = { ...run.steps[0], state: 'left', note: 'somebody changed it since' };
  failed.node.machine.tree.setFile(path, JSON.stringify(run));
  await type(failed, 'history');
  await type(used, 'demo --once');
  for (const line of ['explain vf.gone', 'explain "no driver bound to device; cannot configure SR-IOV"']) await type(used, line);
  await type(used, 'demo --profiles');
  await type(used, 'ui status');
  await type(await withVfs(), 'selftest --rounds 1 --yes');
  const inside = await withVfs();
  for (const line of ['assign 101 --yes', 'assign 102 --yes']) await mustType(inside, line);
  await type(inside, 'guest 102');
  await inside.must('qm', 'start', '101');
  const system = debianGuest({ gpu: { driver: 'i915', renderGid: 992 } });
  system.script = ([name]) =>
    ({ vainfo: { exitCode: 0, out: COMET_LAKE }, ffmpeg: { exitCode: 0, out: BENCHMARK }, tee: { exitCode: 1 } })[name ?? ''];
  putGuestSystem(inside.node.machine, 101, system);
  for (const line of ['guest 101', 'guest 101 --verify', 'guest 101 --cloud-init -', 'guest 101 --apply --yes'])
    await type(inside, line);
  await type(inside, 'guest 102 --verify');
  system.script = () => undefined;
  system.nodes.clear();
  await type(inside, 'guest 101 --verify');
  const waiting = await withVfs();
  waiting.hangRemoval('0000:00:02.2');
  await type(waiting, 'vf list');
  const panther = simulated('panther-lake');
  for (const line of ['vf create 2 --yes', 'vf profile']) await type(panther, line);
  const byHand = simulated('raptor-lake-s-by-hand');
  byHand.node.machine.tree.setFile('/var/lib/dkms/intel-i915-dkms/1.24.1/source/dkms.conf', '');
  for (const line of ['driver list', 'driver check', 'assert sriov']) await type(byHand, line);
  const gvt = simulated('coffee-lake');
  gvt.writeConfig(110, 'cores: 1\nmemory: 64\nname: plain\nostype: l26\n');
  await typed(gvt, 'assign 110 --mode gvt-g --yes');
  await gvt.must('qm', 'start', '110');
  for (const line of ['status', 'mdev types', 'mdev list', 'mdev clean --dry-run']) await type(gvt, line);
  const input = "services:\n  tv:\n    devices: ['/dev/dri/card0:/dev/dri/card0']\n";
  await type(simulated('coffee-lake'), 'export qemu');
  values.push(jsonOf(await typed(used, 'import --json', { input })));
  values.push(jsonOf(await typed(used, 'import --json', { input: 'args: -device vfio-pci,host=00:02.3,x-vga=on' })));
  values.push(jsonOf(await typed(used, 'import --json', { input: 'args: -device vfio-pci,host=09:00.0' })));
  const roms = simulated('apollo-lake');
  roms.node.machine.tree.setFile('/root/all.rom', romOfAll());
  roms.node.machine.tree.setFile('/root/igd.rom', nucRom());
  roms.node.inject({ rom: nucRom() });
  for (const line of [
    'info /root/all.rom',
    'info 00:02.0',
    'dump 00:02.0 /root/new.rom',
    'fix /root/igd.rom --device 5a85 --yes',
  ])
    await type(roms, `rom ${line}`);
  for (const value of await storedRoms()) values.push(value);
  for (const line of ['doctor', 'doctor --report -', 'doctor --fix --dry-run']) await type(used, line);
  const several = simulated('arc-pro', {
    faults: { errno: (_operation, path) => (/^\/etc\/pve\/mapping|^\/usr\/share\/kvm\/gop/.test(path) ? 'EACCES' : undefined) },
  });
  several.writeConfig(110, 'cores: 1\nhostpci0: 0000:00:02.0,romfile=gop.rom\nmemory: 64\nname: plain\nostype: l26\n');
  await type(several, 'doctor');
  const stale = simulated('coffee-lake');
  const lost = 'arch: amd64\ndev0: /dev/dri/renderD200\nmemory: 64\nostype: debian\n';
  stale.node.machine.tree.setFile('/etc/pve/nodes/pve/lxc/201.conf', lost, { mode: 0o640, gid: 33 });
  await type(stale, 'assignments');
  for (const line of ['plan sriov', 'apply sriov --dry-run']) await type(simulated('tiger-lake'), line);
  const unread = simulated('raptor-lake-s', {
    faults: { errno: (_operation, path) => (path.endsWith('qemu-server/101.conf') ? 'EACCES' : undefined) },
  });
  await type(unread, 'assignments');
  return values;
}

describe('docs/json.md', () => {
  test('every value is as the page says, and every field of the page is met', async () => {
    const seen = new Set<string>();
    for (const value of await realOutputs()) {
      const fields = KINDS.get(value.kind);
      expect(fields, `kind ${value.kind} is not on the page`).toBeDefined();
      expect(wrongFields(value, value.kind, fields ?? [], value.kind, seen)).toEqual([]);
    }
    const all = [...KINDS, ...PARTS].flatMap(([part, fields]) => fields.map(({ name }) => `${part}.${name}`));
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((field) => !seen.has(field))).toEqual([]);
  }, 120_000);

  test('every command that prints values is on the page', () => {
    const flat = COMMANDS.flatMap((spec) =>
      (spec.sub ?? [spec]).map((one) => ({ name: spec.sub ? `${spec.name} ${one.name}` : one.name, one })),
    );
    const listed = PAGE.slice(0, PAGE.indexOf('## Kinds'));
    expect(
      flat.filter(({ one }) => one.prints === true && !listed.includes(`\`${flat.find((each) => each.one === one)?.name}\``)),
    ).toEqual([]);
  });

  const ARGUMENTS: { readonly [name: string]: string } = { vmid: '110', file: '-', phase: 'pre-start', mode: 'sriov' };
  const lines = COMMANDS.flatMap((spec) => (spec.sub ?? [spec]).map((one) => [spec.sub ? `${spec.name} ` : '', one] as const))
    .filter(([, one]) => one.prints === true)
    .map(([before, { name, arguments: wanted = [], writes }]) => {
      const needed = wanted.filter(({ optional }) => optional !== true).map((argument) => ARGUMENTS[argument.name]);
      return [`${before}${name}`, ...needed, ...(writes === true ? ['--dry-run'] : []), '--json'].join(' ');
    });

  test.each(lines)('%s: one value, and nothing on standard error', async (line) => {
    const machine = await withVfs();
    await mustType(machine, 'assign 110 --yes');
    const ran = await typed(machine, line);
    expect([ran.err, KINDS.has(jsonOf(ran).kind)]).toEqual(['', true]);
  });
});
