// SPDX-License-Identifier: AGPL-3.0-or-later
// Builds the Debian package from the tracked files, in a copy of the tree: npm run deb [-- --out FOLDER]. Two builds of one commit give the same bytes.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'deb' } } });
const out = resolve(values.out);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
if (!existsSync('node_modules')) throw new Error('Run npm ci first.');

const run = (program, argv, options = {}) =>
  execFileSync(program, argv, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28, ...options });
const place = mkdtempSync(join(tmpdir(), 'pveigpu-deb-'));
try {
  const tree = join(place, `pveigpu-${version}`);
  for (const file of run('git', ['ls-files', '-z'], { encoding: 'utf8' })
    .split('\0')
    .filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    copyFileSync(file, join(tree, file));
  }
  try {
    run('cp', ['-al', resolve('node_modules'), tree]);
  } catch {
    run('cp', ['-a', resolve('node_modules'), tree]);
  }
  // the changelog's date, not that of this build, is in every file and archive
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  delete env.SOURCE_DATE_EPOCH;
  try {
    run('dpkg-buildpackage', ['-us', '-uc', '-b'], { cwd: tree, env });
  } catch (error) {
    process.stderr.write(`${error.stdout}${error.stderr}`);
    throw new Error('dpkg-buildpackage failed, see above');
  }
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(place).filter((file) => file.endsWith('.deb'))) {
    copyFileSync(join(place, name), join(out, name));
    console.log(join(out, name));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
