// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { sense } from '../../../src/app/sense/sense.ts';
import { firmwareSwitches } from '../../../src/core/doctor/firmware-switches.ts';
import type { HostFacts } from '../../../src/core/facts/host-facts.ts';
import { ifKnown, known, unknown } from '../../../src/core/facts/section.ts';
import { PROFILES } from '../../../src/simulator/profiles/table.ts';
import { simulated } from '../../app/simulated.ts';

async function facts(profile: string): Promise<HostFacts> {
  return await sense(simulated(profile).context.host);
}

function settings(all: HostFacts): { readonly [name: string]: string } {
  return Object.fromEntries(
    firmwareSwitches(all).map(({ name, gpu, setting }) => [gpu === undefined ? name : `${name} ${gpu}`, setting]),
  );
}

/** The machine with its first display changed. */
function withGpu(all: HostFacts, change: object): HostFacts {
  const pci = ifKnown(all.pci);
  if (pci === undefined) throw new Error('the machine has no devices');
  const [first, ...rest] = pci.displays;
  if (first === undefined) throw new Error('the machine has no display');
  return { ...all, pci: known({ ...pci, displays: [{ ...first, ...change }, ...rest] }) };
}

test('an i9-14900K shows all of them', async () => {
  expect(settings(await facts('raptor-lake-s'))).toEqual({
    'VT-d': 'on',
    'SR-IOV': 'on',
    'Above 4G decoding': 'on',
    'Aperture size': '256 MiB',
    'Primary display': 'Intel GPU',
  });
});

test('two Intel GPUs are told apart', async () => {
  expect(settings(await facts('arc-pro'))).toMatchObject({ 'SR-IOV 0000:00:02.0': 'on', 'SR-IOV 0000:03:00.0': 'on' });
});

test('SR-IOV that a generation does not have is not switched off', async () => {
  expect(settings(await facts('jasper-lake'))['SR-IOV']).toBe('none');
  expect(settings(await facts('arc-b580'))['SR-IOV']).toBe('none');
});

test('SR-IOV that the id should have and that config space lacks is off; unread it is unknown', async () => {
  const machine = await facts('raptor-lake-s');
  const without = { sriov: undefined, sriovCapability: known(false) };
  expect(settings(withGpu(machine, without))['SR-IOV']).toBe('off');
  expect(settings(withGpu(machine, { ...without, sriovCapability: unknown('EACCES') }))['SR-IOV']).toBe('unknown');
});

test('VT-d is on where the firmware has a table, whatever the kernel does', async () => {
  const machine = await facts('raptor-lake-s');
  const platform = ifKnown(machine.platform);
  if (platform === undefined) return expect.fail('no platform');
  const at = (change: object) => settings({ ...machine, platform: known({ ...platform, ...change }) })['VT-d'];
  expect(at({ iommus: [], dmarTable: true })).toBe('on');
  expect(at({ iommus: [], dmarTable: false })).toBe('off');
  expect(settings({ ...machine, platform: unknown('hidden') })['VT-d']).toBe('unknown');
});

test('windows of VFs without a place say that nothing is decoded above 4 GiB; no such window says nothing', async () => {
  const machine = await facts('raptor-lake-s');
  const low = { index: 0, start: '0xc0000000', sizeBytes: 0x1000000 };
  expect(
    settings(withGpu(machine, { bars: [low, { index: 9, start: '0x0', sizeBytes: 0xe0000000 }] }))['Above 4G decoding'],
  ).toBe('off');
  expect(settings(withGpu(machine, { bars: [low] }))['Above 4G decoding']).toBe('unknown');
});

test('another card that the firmware shows its picture on is the primary display', async () => {
  const machine = await facts('optimus');
  expect(settings(withGpu(machine, { bootVga: false }))['Primary display']).not.toBe('Intel GPU');
});

test.each(PROFILES.map(({ name }) => name))('%s: each switch says how it is known, in one short line', async (name) => {
  const all = firmwareSwitches(await facts(name));
  expect(all.length).toBeGreaterThanOrEqual(2);
  for (const { because, setting } of all) {
    expect(because).toMatch(/^[^.\n]{8,60}(\.\w+[^.\n]*)*$/);
    expect(setting).toMatch(/^(on|off|none|unknown|\d+ MiB|Intel GPU|other card)$/);
  }
});
