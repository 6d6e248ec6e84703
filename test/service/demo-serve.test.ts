// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn, spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';

const PROGRAM = new URL('../../dist/bin/pveigpu.cjs', import.meta.url).pathname;

test('demo --serve says where the panel is, serves it, and ends when it is told to', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'demo', '--serve', '--profile', 'jasper-lake'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const address = await new Promise<string>((resolve) => {
      let said = '';
      child.stdout.on('data', (data) => {
        said += String(data);
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    const page = await fetch(address);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const html = await page.text();
    expect(html).toContain('page.js');
    expect((await fetch(`${address}page.js`)).status).toBe(200);
    const status = await fetch(`${address}api2/json/nodes/pve/pveigpu/status`);
    expect(await status.json()).toMatchObject({ data: { kind: 'status' } });
  } finally {
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  }
});

test('a port that is taken is said in a sentence', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const port = String((taken.address() as AddressInfo).port);
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'demo', '--serve', '--port', port], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringContaining(`Port ${port} cannot be used: EADDRINUSE.`)]);
  await new Promise((resolve) => taken.close(resolve));
});
