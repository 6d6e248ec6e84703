// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import { execute } from '../build/execute.ts';
import { inRig } from '../build/workspace.ts';
import { FULL } from '../cases/with-machine.ts';
import { makeSetupDisk } from '../setup/setup-disk.ts';
import { SetupNode } from '../setup/setup-node.ts';

const DISK = 'package';
const INSTALL = 'dpkg -i /mnt/share/deb/pveigpu_*_all.deb';

/** Asks the API over its socket as the bridge does: once for each path that is given, or over and over until /tmp/enough is there. */
const CLIENT = `import { existsSync } from 'node:fs';
import { request } from 'node:http';
const headers = { 'x-pveigpu-user': 'root@pam', 'x-pveigpu-privileges': JSON.stringify({ '/nodes/rig': ['Sys.Audit', 'Sys.Modify'] }) };
const ask = (path) => new Promise((resolve) => {
  const sent = request({ socketPath: '/run/pveigpu/api.sock', path: '/v1/' + path, headers, agent: false, timeout: 120_000 }, (response) => {
    response.resume();
    response.on('end', () => resolve(response.complete ? response.statusCode : 'cut'));
    response.on('error', () => resolve('cut'));
  });
  sent.on('timeout', () => { sent.destroy(); resolve('hangs'); });
  sent.on('error', ({ code }) => resolve(code));
  sent.end();
});
const paths = process.argv.slice(2);
for (const path of paths) console.log(path, await ask(path));
const counts = {};
const loop = async () => {
  while (!existsSync('/tmp/enough')) {
    const answer = await ask('session');
    counts[answer] = (counts[answer] ?? 0) + 1;
    if (answer !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
if (paths.length === 0) {
  await Promise.all(Array.from({ length: 8 }, loop));
  console.log(JSON.stringify(counts));
}
`;

const VIEWS = [
  'session',
  'status',
  'verdict',
  'findings',
  'history',
  'vfs',
  'mdevs',
  'pools',
  'assignments',
  'assertions',
  'facts',
  'usage',
  'roms',
];

/** When a unit was last started, microseconds since the boot. */
const startOf = (unit: string) => `systemctl show --value -p ExecMainStartTimestampMonotonic ${unit}`;

describe.skipIf(whyNot() !== undefined || !FULL)('the package, with systemd (RIG=full)', () => {
  let running: SetupNode | undefined;
  const node = () => {
    if (running === undefined) throw new Error('The node did not start.');
    return running;
  };
  beforeAll(async () => {
    const share = inRig('share/deb');
    rmSync(share, { recursive: true, force: true });
    mkdirSync(share, { recursive: true });
    await execute(['node', 'scripts/build-deb.mjs', '--out', share]);
    writeFileSync(`${share}/client.mjs`, CLIENT);
    await makeSetupDisk(DISK, { device: 0x46a6 });
    running = await SetupNode.start(DISK, `${DISK}-case`);
    // the setup disk has the product by hand
    await node().must('rm -rf /usr/lib/pveigpu /usr/bin/pveigpu; cp /mnt/share/deb/client.mjs /root');
  });
  afterAll(async () => {
    await running?.cutPower();
  });

  test('the socket is there, root’s alone, and starts the service, which sees all that it needs', async () => {
    await node().must(INSTALL);
    expect(await node().must('systemctl is-active pveigpu.socket; systemctl is-active pveigpu.service; true')).toBe(
      'active\ninactive\n',
    );
    expect(await node().must("stat -c '%a %U' /run/pveigpu /run/pveigpu/api.sock")).toBe('700 root\n600 root\n');
    const said = await node().must(`node /root/client.mjs ${VIEWS.join(' ')}`);
    expect(said).toBe(VIEWS.map((path) => `${path} 200\n`).join(''));
    expect(await node().must('systemctl is-active pveigpu.service')).toBe('active\n');
    expect(await node().must('journalctl -q -u pveigpu.service -p warning --no-pager -o cat')).toBe('');
  });

  test('started again and upgraded under load: nothing hangs, nothing is wrong, and a run goes on', async () => {
    await node().must('systemd-run -q --unit=pveigpu-apply-99 sleep 100000; (node /root/client.mjs > /root/load 2>&1 &)');
    for (let round = 0; round < 3; round += 1) await node().must('sleep 2; systemctl restart pveigpu.service');
    await node().must(`sleep 2; ${INSTALL}; sleep 2; touch /tmp/enough; while ! grep -q '}' /root/load; do sleep 1; done`);
    const counts = JSON.parse(await node().must('cat /root/load')) as { readonly [answer: string]: number };
    console.log(`answers under load: ${JSON.stringify(counts)}`);
    expect(counts[200]).toBeGreaterThan(0);
    // while it is upgraded nobody listens; a connection that had asked nothing yet is closed
    expect(Object.keys(counts).filter((answer) => !['200', 'ECONNREFUSED', 'ENOENT', 'ECONNRESET'].includes(answer))).toEqual([]);
    expect(await node().must('node /root/client.mjs session; systemctl is-active pveigpu-apply-99')).toBe(
      'session 200\nactive\n',
    );
    await node().must('systemctl stop pveigpu-apply-99; rm /tmp/enough');
  });

  test('at boot the units of a set-up come before guests, the API waits for who asks; without the package nothing fails', async () => {
    const desired = { format: 1, gpus: { '0000:00:02.0 8086:46a6 -': { mode: 'sriov', numVfs: 0 } } };
    await node().must('mkdir -p /var/lib/pveigpu && cat > /var/lib/pveigpu/desired.json', JSON.stringify(desired));
    await node().must(`pveigpu boot --unit > /etc/systemd/system/pveigpu-boot.service
pveigpu boot --pools --unit > /etc/systemd/system/pveigpu-pools.service
systemctl daemon-reload; systemctl enable pveigpu-boot pveigpu-pools`);
    await node().reboot();
    const [boot, pools, guests] = (await node().must(['pveigpu-boot', 'pveigpu-pools', 'pve-guests'].map(startOf).join('; ')))
      .trim()
      .split('\n')
      .map(Number);
    expect(boot).toBeGreaterThan(0);
    expect(pools).toBeGreaterThan(boot ?? 0);
    expect(guests).toBeGreaterThan(pools ?? 0);
    expect(await node().must('systemctl is-active pveigpu.socket; systemctl is-active pveigpu.service; true')).toBe(
      'active\ninactive\n',
    );
    await node().must('dpkg -r pveigpu');
    await node().reboot();
    expect(await node().must('systemctl --failed --no-legend --plain')).toBe('');
    expect(await node().must('systemctl show --value -p ConditionResult pveigpu-boot pveigpu-pools')).toBe('no\n\nno\n');
    await node().must('rm /etc/systemd/system/pveigpu-*; systemctl daemon-reload; PVEIGPU_PURGE=1 dpkg -P pveigpu');
    expect(await node().must('ls -d /var/lib/pveigpu /usr/lib/pveigpu /etc/pveigpu 2>/dev/null; true')).toBe('');
  });
});
