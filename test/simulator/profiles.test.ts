// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { ALL_SECTIONS, sense } from '../../src/app/sense/sense.ts';
import { lookupGpu } from '../../src/core/gpu/catalogue.ts';
import { findProfile, PROFILES } from '../../src/simulator/profiles/table.ts';
import { createSimulatedNode } from '../../src/simulator/simulated-node.ts';

describe('the table of machines', () => {
  test('names are unique and found', () => {
    expect(new Set(PROFILES.map(({ name }) => name)).size).toBe(PROFILES.length);
    for (const profile of PROFILES) expect(findProfile(profile.name)).toBe(profile);
    expect(findProfile('nosuch')).toBeUndefined();
  });

  test('every platform that the product must judge is there', () => {
    const platforms = new Set(
      PROFILES.flatMap(({ devices }) =>
        devices.map(({ vendor, device }) => (vendor === '8086' ? lookupGpu(device)?.platform : undefined)),
      ),
    );
    for (const platform of [
      ...['BDW', 'CFL', 'CML', 'APL', 'GLK', 'JSL', 'TGL', 'RKL', 'ADL-S', 'ADL-P', 'ADL-N', 'RPL-S', 'RPL-P'],
      ...['MTL', 'ARL', 'LNL', 'PTL', 'BMG'],
    ])
      expect(platforms, platform).toContain(platform);
  });

  test.each(PROFILES.map((profile) => [profile.name, profile] as const))(
    '%s names a source for every device',
    (_name, profile) => {
      expect(profile.source.source).toMatch(
        profile.source.kind === 'capture' ? /^https:\/\/github\.com\// : /catalogue|pci\.ids/,
      );
      expect(profile.typical).toContain('microcode');
      for (const device of profile.devices) expect(device.source.source, device.bdf).not.toBe('');
      const bdfs = profile.devices.map(({ bdf }) => bdf);
      expect(new Set(bdfs).size).toBe(bdfs.length);
      for (const { parent } of profile.devices) if (parent !== undefined) expect(bdfs).toContain(parent);
    },
  );
});

describe.each(PROFILES.map((profile) => [profile.name, profile] as const))('%s', (_name, profile) => {
  test('boots with the drivers that it names, and all sections can be read', async () => {
    const node = createSimulatedNode(profile);
    for (const device of profile.devices)
      expect(node.machine.kernel.driverOf(device.bdf), device.bdf).toBe(device.driver ?? null);
    const facts = await sense(node);
    for (const section of ALL_SECTIONS) expect(facts[section], section).toMatchObject({ state: 'known' });
  });

  test('two nodes are equal, and a reboot comes back to the same', async () => {
    const node = createSimulatedNode(profile);
    const facts = await sense(node);
    expect(await sense(createSimulatedNode(profile))).toEqual(facts);
    const files = node.persistentFiles();
    expect(await node.reboot()).toEqual({ booted: true });
    expect(node.persistentFiles()).toEqual(files);
    expect(await sense(node)).toEqual(facts);
  });
});
