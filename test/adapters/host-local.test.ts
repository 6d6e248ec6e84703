// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localHost } from '../../src/adapters/host-local.ts';
import { keepOwnerAndMode } from '../../src/adapters/local-write.ts';
import { printedBy, programWithHost, started } from './own-node.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pveigpu-local-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const host = localHost();
/** Programs of Debian's essential packages coreutils and util-linux. */
const MKFIFO = 'mkfifo';
const UNSHARE = 'unshare';

const isRoot = process.getuid?.() === 0;

describe('the local machine', () => {
  test('files of procfs and sysfs are read to their end', async () => {
    const read = await host.read('/proc/self/status');
    expect(read.kind === 'content' && read.value).toMatch(/^Name:.*nonvoluntary_ctxt_switches/s);
    const limited = await host.read('/proc/cpuinfo', { maxBytes: 10 });
    expect(limited.kind === 'content' && limited.value.length).toBe(10);
    const timed = await host.read('/proc/sys/kernel/osrelease', { timeoutMs: 10_000 });
    expect(timed).toEqual(await host.read('/proc/sys/kernel/osrelease'));
  });

  test('device nodes show their numbers', async () => {
    expect(await host.stat('/dev/null')).toMatchObject({
      kind: 'content',
      value: { kind: 'char', rdev: { major: 1, minor: 3 } },
    });
    const pts = await host.stat('/dev/random');
    expect(pts).toMatchObject({ kind: 'content', value: { rdev: { major: 1, minor: 8 } } });
  });

  test('a directory that vanishes between list and stat is absent', async () => {
    mkdirSync(join(folder, 'pids/100'), { recursive: true });
    expect(await host.list(join(folder, 'pids'))).toEqual({ kind: 'content', value: ['100'] });
    rmSync(join(folder, 'pids/100'), { recursive: true });
    expect(await host.stat(join(folder, 'pids/100'))).toEqual({ kind: 'absent' });
    expect(await host.list(join(folder, 'pids/100/fd'))).toEqual({ kind: 'absent' });
    expect(await host.read(join(folder, 'pids/100/comm'))).toEqual({ kind: 'absent' });
  });

  test('folders that come and go while they are read never make it throw', async () => {
    const churn = `mkdir -p "$1/d"; while [ -e "$1/on" ]; do mkdir -p "$1/d/a/b"; echo x > "$1/d/a/b/f" 2>/dev/null; rm -rf "$1/d/a"; done`;
    writeFileSync(join(folder, 'on'), '');
    const running = host.run(['sh', '-c', churn, 'sh', folder]);
    const kinds = new Set<string>();
    for (let i = 0; i < 3000; i++) {
      const answers = await Promise.all([
        host.list(join(folder, 'd/a')),
        host.stat(join(folder, 'd/a/b')),
        host.read(join(folder, 'd/a/b/f')),
        localHost({ root: folder }).read('/d/a/b/f'),
      ]);
      for (const answer of answers) kinds.add(answer.kind);
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    rmSync(join(folder, 'on'));
    await running;
    expect([...kinds].every((kind) => kind === 'content' || kind === 'absent')).toBe(true);
  });

  test('free space is what an unprivileged user may use', async () => {
    const free = await host.freeSpace(folder);
    const df = execFileSync('df', ['--output=avail', '-B1', folder], { encoding: 'utf8' }).split('\n')[1]?.trim();
    expect(free.kind).toBe('content');
    if (free.kind === 'content') expect(Math.abs(free.value - Number(df))).toBeLessThan(1e9);
  });
});

describe('poke', () => {
  test('answers the errno of the kernel', async () => {
    expect(await host.poke('/dev/full', '1')).toEqual({ kind: 'refused', errno: 'ENOSPC' });
    expect(await host.poke('/proc/self/nowhere', '1')).toEqual({ kind: 'refused', errno: 'ENOENT' });
    writeFileSync(join(folder, 'file'), 'longer');
    expect(await host.poke(join(folder, 'file/below'), '1')).toEqual({ kind: 'refused', errno: 'ENOTDIR' });
    expect(await host.poke(join(folder, 'file'), 'nul\0byte')).toEqual({ kind: 'refused', errno: 'EINVAL' });
    if (isRoot) expect(await host.poke('/proc/self/oom_score_adj', 'abc')).toEqual({ kind: 'refused', errno: 'EINVAL' });
  });

  test('writes bytes as they are, from the start, in one write, without truncating', async () => {
    const path = join(folder, 'attribute');
    writeFileSync(path, 'abcdef');
    expect(await host.poke(path, "ä'$(x)\n")).toEqual({ kind: 'done' });
    expect(readFileSync(path, 'utf8')).toBe("ä'$(x)\n");
    writeFileSync(path, 'abcdef');
    expect(await host.poke(path, 'X')).toEqual({ kind: 'done' });
    expect(readFileSync(path, 'utf8')).toBe('Xbcdef');
  });

  test('a process can end while a poke or a read of its hangs', () => {
    // one pipe each: on a single one a child that is being ended could still meet the other
    execFileSync(MKFIFO, [join(folder, 'written'), join(folder, 'read')]);
    const code = `
      const [written, read] = ${JSON.stringify([join(folder, 'written'), join(folder, 'read')])};
      console.log(JSON.stringify([await host.poke(written, '1', { timeoutMs: 100 }), await host.read(read, { timeoutMs: 100 })]));
      void host.poke(written, '1', { timeoutMs: 1000 });`;
    expect(JSON.parse(printedBy(programWithHost(folder, code)))).toEqual([
      { kind: 'timeout' },
      { kind: 'unreadable', errno: 'ETIMEDOUT' },
    ]);
  });
});

describe('an atomic write', () => {
  test('keeps the owner and mode of the file', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    if (isRoot) chownSync(path, 12, 34);
    chmodSync(path, 0o4711);
    expect((await host.writeAtomic(path, 'new')).ok).toBe(true);
    const stat = statSync(path);
    expect([stat.mode & 0o7777, stat.uid, stat.gid]).toEqual([
      0o4711,
      ...(isRoot ? [12, 34] : [process.getuid?.(), process.getgid?.()]),
    ]);
  });

  test('gives a new file its mode whatever the umask', async () => {
    const old = process.umask(0o077);
    try {
      expect((await host.writeAtomic(join(folder, 'open'), 'x', { mode: 0o666 })).ok).toBe(true);
      expect((await host.mkdir(join(folder, 'd/e'), { mode: 0o775 })).ok).toBe(true);
    } finally {
      process.umask(old);
    }
    expect([statSync(join(folder, 'open')).mode & 0o777, statSync(join(folder, 'd')).mode & 0o777]).toEqual([0o666, 0o775]);
  });

  test('never shows a half-written file', async () => {
    const path = join(folder, 'file');
    const [a, b] = ['a'.repeat(300_000), 'b'.repeat(300_000)];
    writeFileSync(path, a);
    const reader = `for (let i = 0; i < 400; i++) { const t = (await host.read(${JSON.stringify(path)})); if (i === 0) console.log('on');
      if (t.kind !== 'content' || t.value.length !== 300000 || new Set(t.value.slice(0, 10) + t.value.slice(-10)).size !== 1) { console.log('torn'); break; } }`;
    const child = await started(programWithHost(folder, reader));
    const said: string[] = [];
    child.stdout?.on('data', (bytes) => said.push(String(bytes)));
    let running = true;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => {
      running = false;
    });
    for (let i = 0; running; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      expect((await host.writeAtomic(path, i % 2 === 0 ? b : a)).ok).toBe(true);
    }
    await ended;
    expect(said.join('')).not.toContain('torn');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('a full and a read-only file system are named, and nothing is left behind', () => {
    const code = `
      const at = process.argv[2];
      const big = await host.writeAtomic(at + '/full/file', 'x'.repeat(200_000));
      const kept = await host.read(at + '/full/file');
      const names = await host.list(at + '/full');
      const readOnly = await host.writeAtomic(at + '/ro/file', 'x');
      const removed = await host.remove(at + '/ro/there');
      const made = await host.mkdir(at + '/ro/sub');
      const poked = await host.poke(at + '/ro/there', 'x');
      console.log(JSON.stringify({ big, kept, names, readOnly, removed, made, poked }));`;
    for (const name of ['full', 'ro']) mkdirSync(join(folder, name));
    const script = `mount -t tmpfs -o size=64k none "$1/full" && echo old > "$1/full/file" && mount -t tmpfs none "$1/ro" && echo x > "$1/ro/there" &&
      mount -o remount,bind,ro "$1/ro" && exec "$2" "$3" "$1"`;
    // A name space of its own: the mounts are gone with it, and it needs no root where users may have one.
    const mounts = [
      '--mount',
      ...(isRoot ? [] : ['--map-root-user']),
      'sh',
      '-c',
      script,
      'sh',
      folder,
      process.execPath,
      programWithHost(folder, code),
    ];
    if (!mayUnshare())
      return console.warn('LEFT OUT: full and read-only file systems cannot be made here (no user name spaces, not root).');
    const said = JSON.parse(execFileSync(UNSHARE, mounts, { encoding: 'utf8' }));
    expect(said.big).toMatchObject({ ok: false, problem: { code: 'host.write', message: expect.stringContaining('ENOSPC') } });
    expect(said.kept).toEqual({ kind: 'content', value: 'old\n' });
    expect(said.names).toEqual({ kind: 'content', value: ['file'] });
    for (const refused of [said.readOnly, said.removed, said.made]) {
      expect(refused).toMatchObject({
        ok: false,
        problem: { code: 'host.read-only', message: expect.stringContaining('EROFS') },
      });
    }
    expect(said.poked).toEqual({ kind: 'refused', errno: 'EROFS' });
  });

  test('a file system that derives owner and mode from the path is no failure, any other is', () => {
    const refuse = () => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    };
    const want = { uid: 0, gid: 33, mode: 0o640 };
    const calls = { fchownSync: refuse, fchmodSync: refuse };
    expect(() => keepOwnerAndMode(1, want, () => true, calls)).not.toThrow();
    expect(() => keepOwnerAndMode(1, want, () => false, calls)).toThrow('EPERM');
  });
});

function mayUnshare(): boolean {
  try {
    execFileSync(UNSHARE, ['--mount', ...(isRoot ? [] : ['--map-root-user']), 'mount', '-t', 'tmpfs', 'none', '/mnt'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

describe('a lock', () => {
  test('is free as soon as its holder is killed', async () => {
    const path = join(folder, 'lock');
    const holder = await started(
      programWithHost(
        folder,
        `const held = await host.lock(${JSON.stringify(path)}, { timeoutMs: 9000 }); console.log(held.ok); setInterval(() => {}, 1000);`,
      ),
    );
    expect(await host.lock(path, { timeoutMs: 50 })).toMatchObject({ ok: false, problem: { code: 'host.locked' } });
    holder.kill('SIGKILL');
    const mine = await host.lock(path, { timeoutMs: 10_000 });
    expect(mine.ok).toBe(true);
    if (mine.ok) await mine.value.release();
  });

  test('that was never released does not keep its process alive', async () => {
    const path = join(folder, 'lock');
    expect(
      printedBy(programWithHost(folder, `console.log((await host.lock(${JSON.stringify(path)}, { timeoutMs: 9000 })).ok);`)),
    ).toBe('true\n');
    const mine = await host.lock(path, { timeoutMs: 10_000 });
    expect(mine.ok).toBe(true);
    if (mine.ok) await mine.value.release();
  });

  test('is one that flock(1) and every other program sees', async () => {
    const path = join(folder, 'lock');
    const mine = await host.lock(path, { timeoutMs: 10_000 });
    const flock = () => host.run(['flock', '--nonblock', '--conflict-exit-code', '7', path, 'true']);
    expect(await flock()).toMatchObject({ ok: true, value: { exitCode: 7 } });
    if (mine.ok) await mine.value.release();
    expect(await flock()).toMatchObject({ ok: true, value: { exitCode: 0 } });
  });

  test('in a place where none can be is a problem', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await host.lock(join(folder, 'file/lock'), { timeoutMs: 500 })).toMatchObject({
      ok: false,
      problem: { code: 'host.write' },
    });
    expect(await host.lock(folder, { timeoutMs: 5000 })).toMatchObject({
      ok: false,
      problem: { code: 'host.write', message: expect.stringContaining('EISDIR') },
    });
  });
});

describe('a directory as the machine', () => {
  test('no link leads out of it', async () => {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(folder, 'secret'), 'outside');
    for (const [name, target] of [
      ['up', '../../secret'],
      ['absolute', join(folder, 'secret')],
      ['deep', '../../../../../../../../etc/passwd'],
    ] as const) {
      symlinkSync(target, join(root, 'etc', name));
    }
    symlinkSync('/', join(root, 'etc/top'));
    symlinkSync('../..', join(root, 'etc/above'));
    const re = localHost({ root });
    for (const path of ['/etc/up', '/etc/absolute', '/etc/deep', '/../secret', '/etc/../../secret', '/etc/above/secret']) {
      expect(await re.read(path), path).toEqual({ kind: 'absent' });
    }
    expect(await re.list('/etc/top/etc/above')).toEqual({ kind: 'content', value: ['etc'] });
    expect((await re.writeAtomic('/etc/above/secret', 'inside')).ok).toBe(true);
    expect((await re.mkdir('/etc/above/made')).ok).toBe(true);
    expect((await re.mkdir('/missing/../../escaped')).ok).toBe(false);
    expect((await re.remove('/../secret')).ok).toBe(true);
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('outside');
    expect([existsSync(join(root, 'made')), existsSync(join(root, 'secret')), existsSync(join(folder, 'escaped'))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('that is not there, or is a link itself', async () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real/file'), 'x');
    symlinkSync('real', join(folder, 'link'));
    expect(await localHost({ root: join(folder, 'link') }).read('/file')).toEqual({ kind: 'content', value: 'x' });
    expect(await localHost({ root: join(folder, 'none') }).read('/file')).toEqual({ kind: 'absent' });
  });
});
