// SPDX-License-Identifier: AGPL-3.0-or-later
// Prints how the service bears a load: 200 open sockets and 100 requests a second of the facts for 30 s (--seconds N): npm run bench:service.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOCKETS = 200;
const PER_SECOND = 100;
const at = process.argv.indexOf('--seconds');
const seconds = at < 0 ? 30 : Number(process.argv[at + 1]);

const folder = mkdtempSync(join(tmpdir(), 'pveigpu-bench-'));
const socketPath = join(folder, 'api.sock');
const OPEN = `use Socket; my ($path, @argv) = @ARGV;
socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; bind($s, pack_sockaddr_un($path)) or die; listen($s, 512) or die;
require POSIX; POSIX::dup2(fileno($s), 3); $^F = 10; require Fcntl; open(my $t, '<&=', 3); fcntl($t, Fcntl::F_SETFD(), 0);
$ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec(@argv) or die`;
// the flags of debian/pveigpu.service
const FLAGS = ['--max-semi-space-size=1', '--optimize-for-size', '--no-opt', '--max-old-space-size=96'];
const service = spawn('perl', ['-e', OPEN, socketPath, process.execPath, ...FLAGS, 'dist/lib/service.mjs', '--idle', '60'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, MALLOC_ARENA_MAX: '1' },
});

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const caller = {
  'x-pveigpu-user': 'root@pam',
  'x-pveigpu-privileges': JSON.stringify({ [`/nodes/${readFileSync('/etc/hostname', 'utf8').trim()}`]: ['Sys.Audit'] }),
};

function ask(path) {
  const began = performance.now();
  return new Promise((resolve) => {
    const sent = request({ socketPath, path, agent, headers: caller }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - began }));
    });
    sent.on('error', (error) => resolve({ status: String(error), ms: performance.now() - began }));
    sent.end();
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (values, share) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1024;

try {
  for (let tries = 0; (await ask('/v1/openapi.json')).status !== 200; tries += 1) {
    if (tries > 100) throw new Error('the service does not answer');
    await pause(50);
  }
  const idle = Array.from({ length: SOCKETS }, () => connect(socketPath));
  const first = await ask('/v1/facts');
  const began = residentMiB();
  const answers = [];
  const rss = [];
  const pings = [];
  const end = Date.now() + seconds * 1000;
  const work = [];
  while (Date.now() < end) {
    const tick = Date.now();
    for (let i = 0; i < PER_SECOND / 10; i += 1) work.push(ask('/v1/facts').then((answer) => answers.push(answer)));
    work.push(ask('/v1/openapi.json').then(({ ms }) => pings.push(ms)));
    rss.push(residentMiB());
    await pause(Math.max(0, 100 - (Date.now() - tick)));
  }
  await Promise.all(work);
  for (const socket of idle) socket.destroy();
  const wrong = answers.filter(({ status }) => status !== 200);
  const times = answers.map(({ ms }) => ms);
  console.log(`${answers.length} requests of the facts in ${seconds} s over ${SOCKETS} open sockets, ${wrong.length} failed`);
  console.log(
    `answer: median ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, first ${first.ms.toFixed(1)} ms`,
  );
  console.log(`a request that reads nothing waits p99 ${quantile(pings, 0.99).toFixed(1)} ms (what the event loop is late)`);
  console.log(
    `resident: ${began.toFixed(1)} MiB at first, ${quantile(rss.slice(-50), 0.5).toFixed(1)} MiB at the end, at most ${Math.max(...rss).toFixed(1)} MiB (budget 80)`,
  );
  for (const { status } of wrong) console.log(`failed: ${status}`);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  service.kill();
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
