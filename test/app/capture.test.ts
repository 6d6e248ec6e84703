// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/adapters/host-capture.ts';
import { localHost } from '../../src/adapters/host-local.ts';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { recordCapture, writeCapture } from '../../src/app/capture.ts';
import { ALL_SECTIONS, sense } from '../../src/app/sense/sense.ts';
import { KEPT_FILES } from '../../src/core/capture/allow-list.ts';
import { Pseudonyms } from '../../src/core/capture/pseudonyms.ts';
import type { ConfigFile } from '../../src/core/facts/config-facts.ts';
import type { HostFacts } from '../../src/core/facts/host-facts.ts';
import { ifKnown, known } from '../../src/core/facts/section.ts';
import type { Host } from '../../src/ports/host.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { createSimulatedNode } from '../../src/simulator/simulated-node.ts';

async function readBack(host: Host) {
  const written = await recordCapture(host);
  const opened = openCapture(written.text, 'capture:test');
  if (!opened.ok) throw new Error(opened.problem.message);
  return { ...written, host: opened.value };
}

/** Facts without what a capture never tells: comments of files, serial numbers of partitions, the machine's id. */
function told(facts: HostFacts): HostFacts {
  const { boot, config, kernel } = facts;
  const uuids = ifKnown(boot)?.espUuids;
  return {
    ...facts,
    boot:
      boot.state === 'known' && uuids?.state === 'known'
        ? withoutId(known({ ...boot.value, espUuids: known(uuids.value.map(() => 'one')) }))
        : withoutId(boot),
    ...(config.state === 'known'
      ? { config: known({ ...config.value, files: config.value.files.map((file) => ({ ...file, base64: lessOf(file) })) }) }
      : {}),
    kernel: withoutId(kernel),
    logs: withoutId(facts.logs),
  };
}

function withoutId<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replace(/\\\\[0-9a-f]{32}\\\\/g, '\\\\_\\\\')) as T;
}

/** What is kept of a configuration file, which must be the same when it is kept again. */
function lessOf({ path, base64 }: ConfigFile): string {
  const keep = KEPT_FILES.find(([pattern]) => pattern.test(path))?.[1];
  if (keep === undefined) throw new Error(`${path} is not kept`);
  return keep(path, atob(base64), new Pseudonyms(''));
}

describe.each(PROFILES.map((profile) => ({ name: profile.name, profile })))('a capture of $name', ({ profile }) => {
  test('gives the same facts, section by section', async () => {
    const node = createSimulatedNode(profile);
    const { host, leftOut } = await readBack(node);
    expect(leftOut).toEqual([]);
    const facts = await sense(node);
    const again = await sense(host);
    for (const section of ALL_SECTIONS) expect(told(again)[section], section).toEqual(told(facts)[section]);
  });

  test('is the same when it is captured again', async () => {
    const first = await readBack(createSimulatedNode(profile));
    const second = await readBack(first.host);
    expect(second.text).toBe(first.text);
  });
});

test('a capture of a node at work gives the same facts', async () => {
  const profile = PROFILES.find(({ name }) => name === 'raptor-lake-s');
  if (profile === undefined) throw new Error('the profile is gone');
  const node = createSimulatedNode(profile);
  expect(await node.poke('/sys/bus/pci/devices/0000:00:02.0/sriov_drivers_autoprobe', '0')).toEqual({ kind: 'done' });
  expect(await node.poke('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '3')).toEqual({ kind: 'done' });
  expect(await node.run(['modprobe', 'vfio-pci'])).toMatchObject({ value: { exitCode: 0 } });
  expect(await node.poke('/sys/bus/pci/devices/0000:00:02.1/driver_override', 'vfio-pci')).toEqual({ kind: 'done' });
  expect(await node.poke('/sys/bus/pci/drivers_probe', '0000:00:02.1')).toEqual({ kind: 'done' });
  expect(await node.run(['qm', 'set', '101', '--hostpci0', '0000:00:02.1,pcie=1'])).toMatchObject({ value: { exitCode: 0 } });
  expect(await node.run(['qm', 'start', '101'])).toMatchObject({ value: { exitCode: 0 } });
  const { host, leftOut } = await readBack(node);
  expect(leftOut).toEqual([]);
  const [facts, again] = [await sense(node), await sense(host)];
  expect(ifKnown(facts.holders)?.holders).toMatchObject([{ vmid: 101 }]);
  expect(ifKnown(facts.reservations)?.reservations).toHaveLength(1);
  for (const section of ALL_SECTIONS) expect(told(again)[section], section).toEqual(told(facts)[section]);
});

test('a machine of which nothing can be read is a problem', async () => {
  expect(await writeCapture({ host: memoryHost() })).toMatchObject({ ok: false, problem: { code: 'host.read' } });
});

test('this machine can be captured and read back', async () => {
  const { host, text } = await readBack(localHost());
  const [facts, again] = [await sense(localHost()), await sense(host)];
  expect(again.platform).toEqual(facts.platform);
  expect(text.endsWith('-- end --\n')).toBe(true);
});
