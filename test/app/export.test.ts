// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { exportSlice } from '../../src/app/export.ts';
import { importText } from '../../src/app/import.ts';
import type { SliceKind } from '../../src/core/export/export-case.ts';
import { type ExportFormat, explainedText, exportedText } from '../../src/core/export/exported.ts';
import { EXPORT_FORMATS } from '../../src/core/export/format-table.ts';
import { parseSliceWish } from '../../src/core/export/slice-wish.ts';
import type { Mode } from '../../src/core/gpu/verdict.ts';
import type { Bdf } from '../../src/core/pci/address.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { expectGolden } from '../support/golden.ts';
import { inMode } from '../support/in-mode.ts';
import type { Simulated } from './simulated.ts';

const UUID = 'a297db4a-f4c2-11e6-90f6-d3b88d6c9525';
const SLICES: { readonly [K in Mode]: readonly string[] } = {
  sriov: ['vf:2'],
  'gvt-g': ['mdev'],
  host: ['render'],
  'gvt-d': ['pf', 'pf:upt'],
};
const MODES = ['sriov', 'gvt-g', 'host', 'gvt-d'] as const;

interface One {
  readonly title: string;
  readonly format: ExportFormat;
  readonly slice: string;
  readonly text: string;
  readonly here: readonly (string | null)[];
}

/** Every export that a machine allows, in every mode that it allows, with what importing it again says. */
async function exportsOf(machine: Simulated, slices: readonly string[], gpu: Bdf): Promise<readonly One[]> {
  const all: One[] = [];
  for (const slice of slices)
    for (const format of EXPORT_FORMATS) {
      const wish = parseSliceWish(slice);
      if (!wish.ok || !format.slices.includes(wish.value.kind)) continue;
      for (const asGuide of [false, true]) {
        const done = await exportSlice(machine.context, format, { slice: wish.value, uuid: UUID, asGuide, guest: 'media', gpu });
        const text = done.ok ? exportedText(done.value, format.comment) : `refused: ${done.problem.message}\n`;
        const back = done.ok ? await importText(machine.context, text) : undefined;
        const here = back?.ok === true ? back.value.devices.map(({ assign }) => assign.slice) : [];
        if (done.ok) expect(explainedText(done.value).split('\n').length).toBeGreaterThan(done.value.lines.length);
        all.push({ title: `${gpu} ${format.name} ${slice}${asGuide ? ' --as-guide' : ''}`, format, slice, text, here });
      }
    }
  return all;
}

/** The same for every Intel GPU of the machine. */
async function exportsOfAll(machine: Simulated, { devices }: Profile, slices: readonly string[]): Promise<readonly One[]> {
  const gpus = devices.filter((device) => device.class.startsWith('03') && device.vendor === '8086' && !('physfn' in device));
  const lists = await Promise.all(gpus.map(({ bdf }) => exportsOf(machine, slices, bdf as Bdf)));
  return lists.flat();
}

const cases = PROFILES.map((profile) => [profile.name, profile] as const);
const made = new Map<string, One>();
const folder = mkdtempSync(join(tmpdir(), 'pveigpu-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('exports of every profile and slice', () => {
  test.each(cases)('%s', { timeout: 120_000 }, async (name, profile) => {
    const parts: string[] = [];
    for (const mode of MODES) {
      const machine = await inMode(profile, mode);
      for (const one of await exportsOfAll(machine, profile, SLICES[mode])) {
        if (!parts.some((part) => part.endsWith(one.text))) parts.push(`== ${one.title}\n${one.text}`);
        if (!one.text.startsWith('refused: ')) made.set(`${name} ${one.title}`, one);
      }
    }
    await expectGolden(`export/${name}.txt`, parts.join('\n'));
  });

  test('there are exports of every kind of slice in every format that carries it', () => {
    const got = new Set([...made.values()].map(({ format, slice }) => `${format.name} ${slice.split(':')[0]}`));
    for (const format of EXPORT_FORMATS) for (const kind of format.slices) expect([...got]).toContain(`${format.name} ${kind}`);
  });

  test('what is XML is well formed, what is YAML is YAML', () => {
    const parser = new XMLParser({ ignoreAttributes: false });
    let [xml, yaml] = [0, 0];
    for (const [title, { format, text }] of made) {
      if (format.comment === 'xml') {
        xml += 1;
        expect(XMLValidator.validate(`<all>${text}</all>`), title).toBe(true);
        expect(JSON.stringify(parser.parse(text)), title).toContain('hostdev');
      }
      if (format.name === 'compose' || format.name === 'cdi') {
        yaml += 1;
        expect(JSON.stringify(parseYaml(text)), title).toContain('/dev/dri/renderD');
      }
    }
    expect(xml).toBeGreaterThan(20);
    expect(yaml).toBeGreaterThan(10);
  });

  test('import names the slice that export was given', () => {
    const carries = (format: string, slice: string) => format !== 'nixos' && !(format === 'incus' && slice === 'mdev');
    let looked = 0;
    for (const [title, { format, slice, here }] of made) {
      if (!carries(format.name, slice)) continue;
      looked += 1;
      const kind = slice.split(':')[0] as SliceKind;
      const expected = kind === 'mdev' ? [`mdev:${UUID}`] : kind === 'pf' ? [expect.stringMatching(/^pf/)] : [slice];
      expect(here, title).toEqual(expected);
    }
    expect(looked).toBeGreaterThan(100);
  });
});

/** The program that judges a format, what it is called with, and on which machines. */
const JUDGES: readonly {
  readonly formats: readonly string[];
  readonly program: string;
  readonly argv: (file: string) => readonly string[];
  readonly suffix: string;
}[] = [
  { formats: ['libvirt-domain'], program: 'virt-xml-validate', argv: (file) => [file, 'domain'], suffix: '.xml' },
  { formats: ['nixos'], program: 'nix-instantiate', argv: (file) => ['--parse', file], suffix: '.nix' },
  { formats: ['compose'], program: 'docker-compose', argv: (file) => ['-f', file, 'config'], suffix: '.yaml' },
  { formats: ['qemu', 'docker', 'podman', 'incus'], program: 'sh', argv: (file) => ['-n', file], suffix: '.sh' },
];

describe('judged by the programs themselves', () => {
  test.for(JUDGES)('$formats by $program', { timeout: 120_000 }, ({ formats, program, argv, suffix }, { skip }) => {
    const texts = new Set([...made.values()].filter(({ format }) => formats.includes(format.name)).map(({ text }) => text));
    expect(texts.size).toBeGreaterThan(1);
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
      skip(`${program} is not installed, so nobody judged ${formats.join(', ')}`);
    for (const [at, text] of [...texts].entries()) {
      const file = join(folder, `${formats[0]}-${at}${suffix}`);
      writeFileSync(file, text.replaceAll('REPLACE-WITH-IMAGE', 'docker.io/library/debian:13'));
      const ran = spawnSync(program, argv(file), { encoding: 'utf8' });
      expect(`${ran.status} ${ran.stderr}`, `${text}\n${ran.stdout}`).toMatch(/^0 /);
    }
  });
});
