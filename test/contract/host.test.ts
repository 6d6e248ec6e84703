// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Host } from '../../src/ports/host.ts';
import { type Bench, type Builder, hostFactories } from './hosts.ts';

const open: Bench[] = [];
afterEach(() => {
  for (const bench of open.splice(0)) bench.dispose();
});

describe.each(hostFactories)('$name reads', (factory) => {
  function bench(fill: (build: Builder, base: string) => void): Bench {
    const made = factory.open(fill);
    open.push(made);
    return made;
  }

  test('a text, its last line with or without a line end', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/with`, 'one\ntwo\n');
      build.file(`${at}/without`, 'one\ntwo');
      build.file(`${at}/empty`, '');
      build.file(`${at}/crlf`, '\ufeffa\r\nb\r\n');
    });
    expect(await host.read(`${base}/with`)).toEqual({ kind: 'content', value: 'one\ntwo\n' });
    expect(await host.read(`${base}/without`)).toEqual({ kind: 'content', value: 'one\ntwo' });
    expect(await host.read(`${base}/empty`)).toEqual({ kind: 'content', value: '' });
    expect(await host.read(`${base}/crlf`)).toEqual({ kind: 'content', value: '\ufeffa\r\nb\r\n' });
  });

  test('bytes that are no UTF-8, and only as many as asked for', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256);
    const { host, base } = bench((build, at) => build.file(`${at}/bytes`, bytes));
    const whole = await host.readBytes(`${base}/bytes`);
    expect(whole.kind === 'content' && Buffer.from(whole.value).equals(Buffer.from(bytes))).toBe(true);
    const start = await host.readBytes(`${base}/bytes`, { maxBytes: 70_001 });
    expect(start.kind === 'content' && Buffer.from(start.value).equals(Buffer.from(bytes.slice(0, 70_001)))).toBe(true);
  });

  test('absent is not unreadable', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/file`, 'x');
      build.directory(`${at}/directory`);
    });
    expect(await host.read(`${base}/missing`)).toEqual({ kind: 'absent' });
    expect(await host.read(`${base}/missing/below`)).toEqual({ kind: 'absent' });
    expect(await host.read(`${base}/file/below`)).toEqual({ kind: 'absent' });
    expect(await host.list(`${base}/missing`)).toEqual({ kind: 'absent' });
    expect(await host.list(`${base}/file`)).toEqual({ kind: 'absent' });
    expect(await host.readLink(`${base}/missing`)).toEqual({ kind: 'absent' });
    expect(await host.stat(`${base}/missing`)).toEqual({ kind: 'absent' });
    expect(await host.freeSpace(`${base}/missing`)).toEqual({ kind: 'absent' });
    expect(await host.read(`${base}/directory`)).toEqual({ kind: 'unreadable', errno: 'EISDIR' });
    expect(await host.readLink(`${base}/file`)).toEqual({ kind: 'unreadable', errno: 'EINVAL' });
  });

  test('paths that no kernel takes are unreadable, not thrown', async () => {
    const { host } = bench(() => {});
    for (const path of ['relative', '', '/nul\0byte']) {
      expect(await host.read(path), path).toEqual({ kind: 'unreadable', errno: 'EINVAL' });
      expect(await host.list(path), path).toEqual({ kind: 'unreadable', errno: 'EINVAL' });
      expect(await host.stat(path), path).toEqual({ kind: 'unreadable', errno: 'EINVAL' });
    }
  });

  test('a directory, its names sorted', async () => {
    const { host, base } = bench((build, at) => {
      for (const name of ['b', 'a', 'Z', '10', '9', '.hidden']) build.file(`${at}/d/${name}`, '');
      build.directory(`${at}/d/sub`);
      build.directory(`${at}/none`);
    });
    expect(await host.list(`${base}/d`)).toEqual({ kind: 'content', value: ['.hidden', '10', '9', 'Z', 'a', 'b', 'sub'] });
    expect(await host.list(`${base}/none`)).toEqual({ kind: 'content', value: [] });
  });

  test('links: relative, absolute, through a folder, dangling', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/real/deep/file`, 'found');
      build.link(`${at}/links/relative`, '../real/deep/file');
      build.link(`${at}/links/absolute`, `${at}/real/deep/file`);
      build.link(`${at}/links/folder`, '../real/deep');
      build.link(`${at}/links/chain`, 'folder/../deep/file');
      build.link(`${at}/links/dangling`, '../nowhere');
    });
    for (const name of ['relative', 'absolute', 'folder/file', 'chain']) {
      expect(await host.read(`${base}/links/${name}`), name).toEqual({ kind: 'content', value: 'found' });
    }
    expect(await host.readLink(`${base}/links/relative`)).toEqual({ kind: 'content', value: '../real/deep/file' });
    expect(await host.readLink(`${base}/links/absolute`)).toEqual({ kind: 'content', value: `${base}/real/deep/file` });
    expect(await host.readLink(`${base}/links/dangling`)).toEqual({ kind: 'content', value: '../nowhere' });
    expect(await host.read(`${base}/links/dangling`)).toEqual({ kind: 'absent' });
    expect(await host.stat(`${base}/links/dangling`)).toEqual({ kind: 'absent' });
    expect(await host.list(`${base}/links/folder`)).toEqual({ kind: 'content', value: ['file'] });
  });

  test('links that go round in circles are unreadable', async () => {
    const { host, base } = bench((build, at) => {
      build.link(`${at}/a`, 'b');
      build.link(`${at}/b`, 'a');
      build.link(`${at}/self`, 'self/x');
    });
    expect(await host.read(`${base}/a`)).toEqual({ kind: 'unreadable', errno: 'ELOOP' });
    expect(await host.read(`${base}/self`)).toEqual({ kind: 'unreadable', errno: 'ELOOP' });
    expect(await host.list(`${base}/a/b`)).toEqual({ kind: 'unreadable', errno: 'ELOOP' });
    expect(await host.stat(`${base}/a`)).toEqual({ kind: 'unreadable', errno: 'ELOOP' });
    expect(await host.readLink(`${base}/a`)).toEqual({ kind: 'content', value: 'b' });
  });

  test('stat: kind, mode and size, of a link or of what it leads to', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/script`, 'äx', 0o750);
      build.directory(`${at}/folder`);
      build.link(`${at}/link`, 'script');
      build.fifo(`${at}/fifo`);
    });
    expect(await host.stat(`${base}/script`)).toMatchObject({
      kind: 'content',
      value: { kind: 'file', mode: 0o750, sizeBytes: 3 },
    });
    expect(await host.stat(`${base}/folder`)).toMatchObject({ kind: 'content', value: { kind: 'directory' } });
    expect(await host.stat(`${base}/link`)).toMatchObject({ kind: 'content', value: { kind: 'file', mode: 0o750 } });
    expect(await host.stat(`${base}/link`, { noFollow: true })).toMatchObject({ kind: 'content', value: { kind: 'symlink' } });
    expect(await host.stat(`${base}/fifo`)).toMatchObject({ kind: 'content', value: { kind: 'fifo' } });
  });

  test('a pipe that nobody writes does not hang a read', async () => {
    const { host, base } = bench((build, at) => build.fifo(`${at}/fifo`));
    expect(await host.read(`${base}/fifo`)).not.toEqual({ kind: 'absent' });
  });

  test('a read with a time limit gives the same answers', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/file`, 'vfio-pci\n');
      build.directory(`${at}/directory`);
    });
    const limit = { timeoutMs: 10_000 };
    expect(await host.read(`${base}/file`, limit)).toEqual({ kind: 'content', value: 'vfio-pci\n' });
    expect(await host.read(`${base}/file`, { ...limit, maxBytes: 4 })).toEqual({ kind: 'content', value: 'vfio' });
    expect(await host.read(`${base}/missing`, limit)).toEqual({ kind: 'absent' });
    expect(await host.read(`${base}/file/below`, limit)).toEqual({ kind: 'absent' });
    expect(await host.read(`${base}/directory`, limit)).toEqual({ kind: 'unreadable', errno: 'EISDIR' });
  });

  test('any names and any bytes', async () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9 "'$(){}[\]\\\n\t*?!#-]{1,20}$/).filter((text) => text !== '-');
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, fc.uint8Array({ maxLength: 40 }), { maxKeys: 6, noNullPrototype: true }),
        async (files) => {
          const made = factory.open((build, at) => {
            build.directory(`${at}/any`);
            for (const [key, bytes] of Object.entries(files)) build.file(`${at}/any/${key}`, bytes);
          });
          try {
            const listed = await made.host.list(`${made.base}/any`);
            expect(listed).toEqual({ kind: 'content', value: Object.keys(files).sort() });
            for (const [key, bytes] of Object.entries(files)) {
              const read = await made.host.readBytes(`${made.base}/any/${key}`);
              expect(read.kind === 'content' && [...read.value]).toEqual([...bytes]);
            }
          } finally {
            made.dispose();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('says what it can do', () => {
    const { host } = bench(() => {});
    expect(host.abilities.write).toBe(factory.can.write);
    expect(host.abilities.poke).toBe(factory.can.poke);
    expect(host.label).not.toBe('');
  });
});

describe.each(hostFactories.filter((factory) => factory.can.write))('$name writes', (factory) => {
  function bench(fill: (build: Builder, base: string) => void): Bench {
    const made = factory.open(fill);
    open.push(made);
    return made;
  }

  const modeOf = async (host: Host, path: string) => {
    const stat = await host.stat(path);
    return stat.kind === 'content' ? stat.value.mode.toString(8) : stat;
  };

  test('a new file with its mode, and an existing one that keeps its own', async () => {
    const { host, base } = bench((build, at) => build.file(`${at}/d/old`, 'before', 0o604));
    expect(await host.writeAtomic(`${base}/d/new`, 'text\n')).toEqual({ ok: true, value: undefined });
    expect(await host.writeAtomic(`${base}/d/secret`, Uint8Array.of(0, 255), { mode: 0o600 })).toEqual({
      ok: true,
      value: undefined,
    });
    expect(await host.writeAtomic(`${base}/d/old`, 'after', { mode: 0o777 })).toEqual({ ok: true, value: undefined });
    expect(await host.read(`${base}/d/new`)).toEqual({ kind: 'content', value: 'text\n' });
    expect(await host.read(`${base}/d/old`)).toEqual({ kind: 'content', value: 'after' });
    expect(await host.readBytes(`${base}/d/secret`)).toEqual({ kind: 'content', value: Uint8Array.of(0, 255) });
    expect([
      await modeOf(host, `${base}/d/new`),
      await modeOf(host, `${base}/d/secret`),
      await modeOf(host, `${base}/d/old`),
    ]).toEqual(['644', '600', '604']);
    expect(await host.list(`${base}/d`)).toEqual({ kind: 'content', value: ['new', 'old', 'secret'] });
  });

  test('through a link, so that the link stays', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/store/file`, 'before');
      build.link(`${at}/etc/relative`, '../store/file');
      build.link(`${at}/etc/absolute`, `${at}/store/file`);
      build.link(`${at}/etc/dangling`, '../store/new');
    });
    for (const name of ['relative', 'absolute', 'dangling']) {
      expect(await host.writeAtomic(`${base}/etc/${name}`, name), name).toEqual({ ok: true, value: undefined });
      expect(await host.read(`${base}/etc/${name}`)).toEqual({ kind: 'content', value: name });
      expect((await host.readLink(`${base}/etc/${name}`)).kind).toBe('content');
    }
    expect(await host.read(`${base}/store/file`)).toEqual({ kind: 'content', value: 'absolute' });
    expect(await host.list(`${base}/store`)).toEqual({ kind: 'content', value: ['file', 'new'] });
  });

  test('what cannot be written is a problem that names the path, and nothing is left behind', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/d/file`, 'x');
      build.directory(`${at}/d/folder`);
      build.link(`${at}/d/loop`, 'loop');
    });
    for (const path of [`${base}/d/folder`, `${base}/d/loop`, `${base}/missing/file`, `${base}/d/file/below`, 'relative']) {
      const written = await host.writeAtomic(path, 'y');
      expect(written.ok, path).toBe(false);
      if (!written.ok)
        expect([written.problem.code, written.problem.message]).toEqual(['host.write', expect.stringContaining(path)]);
    }
    expect(await host.list(`${base}/d`)).toEqual({ kind: 'content', value: ['file', 'folder', 'loop'] });
    expect(await host.list(`${base}/d/folder`)).toEqual({ kind: 'content', value: [] });
  });

  test('directories with their parents, removal of files, links and empty directories', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/file`, 'x');
      build.link(`${at}/link`, 'file');
    });
    const done = { ok: true, value: undefined };
    expect(await host.mkdir(`${base}/a/b/c`, { mode: 0o700 })).toEqual(done);
    expect(await host.mkdir(`${base}/a/b`)).toEqual(done);
    expect([await modeOf(host, `${base}/a`), await modeOf(host, `${base}/a/b/c`)]).toEqual(['700', '700']);
    expect((await host.mkdir(`${base}/file`)).ok).toBe(false);
    expect((await host.mkdir(`${base}/file/below`)).ok).toBe(false);
    expect((await host.remove(`${base}/a/b`)).ok).toBe(false);
    expect(await host.remove(`${base}/a/b/c`)).toEqual(done);
    expect(await host.remove(`${base}/link`)).toEqual(done);
    expect(await host.read(`${base}/file`)).toEqual({ kind: 'content', value: 'x' });
    expect(await host.remove(`${base}/file`)).toEqual(done);
    expect(await host.remove(`${base}/file`)).toEqual(done);
    expect(await host.remove(`${base}/missing/below`)).toEqual(done);
    expect(await host.list(base === '' ? '/' : base)).toEqual({ kind: 'content', value: ['a'] });
  });

  test('a lock keeps others out until it is released', async () => {
    const { host, other, base } = bench(() => {});
    const path = `${base}/run/pveigpu/device.lock`;
    const first = await host.lock(path, { timeoutMs: 10_000 });
    expect(first.ok).toBe(true);
    const refused = await other.lock(path, { timeoutMs: 50 });
    expect(refused).toMatchObject({ ok: false, problem: { code: 'host.locked', message: expect.stringContaining(path) } });
    expect((await other.lock(`${base}/run/pveigpu/apply.lock`, { timeoutMs: 10_000 })).ok).toBe(true);
    const waiting = other.lock(path, { timeoutMs: 10_000 });
    if (first.ok) {
      await first.value.release();
      await first.value.release();
    }
    const second = await waiting;
    expect(second.ok).toBe(true);
    expect([await modeOf(host, path), await modeOf(host, `${base}/run/pveigpu`)]).toEqual(['600', '700']);
    if (second.ok) await second.value.release();
    expect((await host.lock(path, { timeoutMs: 10_000 })).ok).toBe(true);
  });
});

describe.each(hostFactories.filter((factory) => factory.can.poke))('$name pokes', (factory) => {
  function bench(fill: (build: Builder, base: string) => void): Bench {
    const made = factory.open(fill);
    open.push(made);
    return made;
  }

  test('an existing attribute in place, and makes none', async () => {
    const { host, base } = bench((build, at) => {
      build.file(`${at}/attribute`, '', 0o600);
      build.directory(`${at}/folder`);
      build.link(`${at}/device`, '.');
    });
    expect(await host.poke(`${base}/device/attribute`, 'vfio-pci\n')).toEqual({ kind: 'done' });
    expect(await host.read(`${base}/attribute`)).toEqual({ kind: 'content', value: 'vfio-pci\n' });
    expect(await host.poke(`${base}/missing`, '1')).toEqual({ kind: 'refused', errno: 'ENOENT' });
    expect(await host.stat(`${base}/missing`)).toEqual({ kind: 'absent' });
    expect(await host.poke(`${base}/folder`, '1')).toEqual({ kind: 'refused', errno: 'EISDIR' });
    expect(await host.poke('relative', '1')).toEqual({ kind: 'refused', errno: 'EINVAL' });
  });

  test('a file that blocks runs into its deadline', async () => {
    const { host, base } = bench((build, at) => build.fifo(`${at}/fifo`));
    expect(await host.poke(`${base}/fifo`, '1', { timeoutMs: 200 })).toEqual({ kind: 'timeout' });
  });
});

describe.each(hostFactories.filter((factory) => !factory.can.write))('$name refuses to change anything', (factory) => {
  test('writes, pokes, locks', async () => {
    const made = factory.open((build, at) => build.file(`${at}/file`, 'x'));
    open.push(made);
    const path = `${made.base}/file`;
    const refusal = { ok: false, problem: { code: 'host.unsupported', message: expect.stringContaining(made.host.label) } };
    expect(await made.host.writeAtomic(path, 'y')).toMatchObject(refusal);
    expect(await made.host.mkdir(`${made.base}/d`)).toMatchObject(refusal);
    expect(await made.host.remove(path)).toMatchObject(refusal);
    expect(await made.host.lock(path, { timeoutMs: 50 })).toMatchObject(refusal);
    expect(await made.host.poke(path, 'y')).toEqual({ kind: 'refused', errno: 'ENOTSUP' });
    expect(await made.host.read(path)).toEqual({ kind: 'content', value: 'x' });
  });
});

describe.each(hostFactories.filter((factory) => !factory.can.run && factory.name !== 'memory'))(
  '$name runs nothing',
  (factory) => {
    test('the refusal shows the command', async () => {
      const made = factory.open(() => {});
      open.push(made);
      const answer = await made.host.run(['qm', 'set', '101', '--args', "it's $(x)"]);
      expect(answer).toMatchObject({
        ok: false,
        problem: { code: 'host.unsupported', message: expect.stringContaining("qm set 101 --args 'it'\\''s $(x)'") },
      });
    });
  },
);
