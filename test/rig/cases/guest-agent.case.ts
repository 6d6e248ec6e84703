// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { HD_505 } from '../../fixtures/guest-tools/clinfo.ts';
import { BENCHMARK } from '../../fixtures/guest-tools/ffmpeg.ts';
import { ALDER_LAKE } from '../../fixtures/guest-tools/vainfo.ts';
import { createAgentGuest, INSIDE, order, ranInside, signalAgent, startAgent } from '../product/agent-guest.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { installPveTools } from '../product/pve-tools.ts';
import { FULL, withMachine } from './with-machine.ts';

const VM = 401;
const LOG = `/var/log/pveigpu/guest-${VM}.log`;
const CONFIG = 'agent: 1\nhostpci0: 0000:00:02.1\nmemory: 64\nname: media\nostype: l26\n';
const print = (text: string) => `cat <<'END'\n${text}END\n`;
const TOOLS = { vainfo: print(ALDER_LAKE), ffmpeg: print(BENCHMARK), clinfo: print(HD_505) };

withMachine('inside a guest, by its agent', { mode: 'fast' }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await installPveTools(machine());
    await machine().must(`${EMPTY_PVE_NODE}\nmodprobe i915`);
    await createAgentGuest(machine(), VM, CONFIG);
    await startAgent(machine(), VM);
  });
  beforeEach(async () => {
    await order(machine(), {});
  });
  const apply = async () => await pveigpu(machine(), `guest ${VM} --apply --yes --user media`);

  test("verify asks Debian's own agent, two questions at once", async () => {
    await order(machine(), TOOLS);
    const verified = await pveigpu(machine(), `guest ${VM} --verify --json`);
    const view = JSON.parse(verified.stdout);
    expect([verified.code, view.works, view.unknown], verified.stderr).toEqual([0, 'yes', []]);
    expect([view.os, view.kernel]).toEqual([
      expect.stringMatching(/^Debian GNU\/Linux 13/),
      (await machine().must('uname -r')).trim(),
    ]);
    expect(view.checks.map(({ id, level }: { id: string; level: string }) => `${id} ${level}`)).toEqual(
      expect.arrayContaining(['nodes good', 'driver good', 'log good', 'vaapi good', 'vaapi-encode good', 'opencl good']),
    );
  });

  test('apply fails half-way and says what was done; the next one does the rest', async () => {
    await order(machine(), { 'apt-get': '[ "$1" != install ] || { echo "E: Unable to locate package vainfo" >&2; exit 100; }' });
    const failed = await apply();
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('(exit 100): E: Unable to locate package vainfo')]);
    expect(failed.stdout).toContain('Done before it stopped: options, components. Not done: media-driver, groups.');
    expect(
      await machine().must(`cat ${INSIDE}/etc/modprobe.d/pveigpu.conf ${INSIDE}/etc/apt/sources.list.d/debian.sources`),
    ).toMatch(/options i915 enable_guc=3[\s\S]*Components: main non-free\n/);
    await order(machine(), {});
    const again = await apply();
    expect([again.code, again.stdout], again.stderr).toEqual([0, expect.stringContaining('Done: media-driver, groups.')]);
    expect(await ranInside(machine())).toEqual([
      'apt-get update',
      expect.stringMatching(/^apt-get install -y intel-media-va-driver-non-free .*vainfo/),
    ]);
    expect((await machine().must(`chroot ${INSIDE} id -nG media`)).trim().split(' ')).toEqual(
      expect.arrayContaining(['video', 'render']),
    );
    const log = await machine().must(`cat ${LOG}`);
    expect(log).toMatch(/\$ usermod -aG render media\n= exit 0\n$/);
  });

  test.runIf(FULL)('a program that is not there is no fault of the agent', async () => {
    const { vainfo: _none, ...others } = TOOLS;
    await order(machine(), others);
    await machine().must(`mv ${INSIDE}/opt/bin/vainfo ${INSIDE}/opt`);
    const verified = await pveigpu(machine(), `guest ${VM} --verify`);
    expect([verified.code, verified.stdout]).toEqual([7, expect.stringContaining('vainfo is not installed')]);
    await machine().must(`mv ${INSIDE}/opt/vainfo ${INSIDE}/opt/bin`);
  });

  test.runIf(FULL)('an agent that dies under a command, one that is not there, and one that hangs', async () => {
    await order(machine(), { 'apt-get': 'kill -9 $PPID' });
    const died = await apply();
    expect([died.code, died.stdout]).toEqual([
      6,
      expect.stringMatching(/401\$ apt-get update\nDone before it stopped: nothing\. Not done: media-driver/),
    ]);
    const silent = 'The guest agent of VM 401 does not answer.';
    expect(died.stderr).toContain(silent);
    const missing = await pveigpu(machine(), `guest ${VM} --verify`);
    expect([missing.code, missing.stderr]).toEqual([7, expect.stringContaining(silent)]);
    await startAgent(machine(), VM);
    await signalAgent(machine(), 'STOP');
    const hangs = await pveigpu(machine(), `guest ${VM} --verify`);
    expect([hangs.code, hangs.stderr]).toEqual([7, expect.stringContaining(silent)]);
    await signalAgent(machine(), 'CONT');
  });

  test.runIf(FULL)('a program that does not end costs its own time and no more', async () => {
    await order(machine(), { ...TOOLS, vainfo: 'sleep 100' });
    const verified = await pveigpu(machine(), `guest ${VM} --verify`);
    expect([verified.code, verified.stderr]).toEqual([
      7,
      expect.stringMatching(/vainfo had not ended in VM 401 after 30 s; it goes on there as process \d+/),
    ]);
  });
});
