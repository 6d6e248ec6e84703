// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SERVICE = new URL('../../dist/lib/service.mjs', import.meta.url).pathname;

/** Opens a socket as systemd does, hands it over as descriptor 3 and becomes the service; waits for the first connection like it. */
const ACTIVATE = `
use strict; use Socket; use Fcntl;
my ($path, @argv) = @ARGV;
socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; unlink $path; bind($s, pack_sockaddr_un($path)) or die; listen($s, 128) or die;
$| = 1; print "listening\\n";
while (1) {
  my $r = ''; vec($r, fileno($s), 1) = 1; select($r, undef, undef, undef);
  my $pid = fork() // die;
  if (!$pid) {
    if (fileno($s) == 3) { fcntl($s, F_SETFD, 0) } else { require POSIX; POSIX::dup2(fileno($s), 3) }
    $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec(@argv) or die;
  }
  waitpid($pid, 0); print "ended ", $? >> 8, "\\n";
}`;

let folder = '';
let systemd: ReturnType<typeof spawn> | undefined;
let said = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pveigpu-service-'));
  said = '';
  systemd = spawn('perl', ['-e', ACTIVATE, join(folder, 'api.sock'), process.execPath, SERVICE, '--idle', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  systemd.stdout?.on('data', (data) => {
    said += String(data);
  });
  await until(() => said.includes('listening'));
});

afterEach(() => {
  // its process group: the service is its child
  if (systemd?.pid !== undefined) process.kill(-systemd.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('is started by its socket, ends when idle, and is started again by the next request', async () => {
  for (const round of [1, 2]) {
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await ask('/v1/openapi.json')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    await until(() => said.split('ended 0').length > round);
  }
  expect(said).not.toMatch(/ended [1-9]/);
});

test('whoever opens the socket without naming a user gets nothing', async () => {
  const { status, text } = await ask('/v1/status');
  expect(status).toBe(401);
  expect(text).toContain('The request names no user.');
});

async function ask(path: string): Promise<{ readonly status: number | undefined; readonly text: string }> {
  return await new Promise((resolve, reject) => {
    const sent = request({ socketPath: join(folder, 'api.sock'), path, agent: false }, (response) => {
      let text = '';
      response.on('data', (data) => {
        text += String(data);
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
