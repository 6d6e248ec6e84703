// SPDX-License-Identifier: AGPL-3.0-or-later
// Puts what the browser tests need of ExtJS 6.2.0 (GPL-3.0, npm package extjs-gpl, 120 MB) into .cache/extjs: the library, the theme that
// Proxmox VE uses, and Font Awesome. It is fetched once, by the ordinary npm client, and checked by its hash; nothing of it ships.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGE = 'extjs-gpl@6.2.0';
const SHA512 = 'A/l4PKXE89dojDoWkNKqr+2jryF9jX3KuuaXb3NWEKYAKipNyP4CZyVGj7HBJIZF9h/ioxaBm3YJdCklo+XDpQ==';
const WANTED = [
  'package/LICENSE',
  'package/build/ext-all.js',
  'package/build/classic/theme-crisp/resources/theme-crisp-all.css',
  'package/build/classic/theme-crisp/resources/theme-crisp-all_1.css',
  'package/build/classic/theme-crisp/resources/theme-crisp-all_2.css',
  'package/build/classic/theme-crisp/resources/images',
  'package/build/classic/theme-crisp/resources/fonts',
  'package/build/packages/font-awesome/resources/font-awesome-all.css',
  'package/build/packages/font-awesome/resources/fonts',
];

const target = resolve(import.meta.dirname, '../.cache/extjs');
if (existsSync(join(target, 'build/ext-all.js'))) process.exit(0);

mkdirSync(resolve(target, '..'), { recursive: true });
const work = mkdtempSync(`${target}-`);
try {
  const archive = process.argv[2] ?? fetched();
  const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (hash !== SHA512) throw new Error(`${PACKAGE} has the hash sha512-${hash}, which is not the one that is known.`);
  const present = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const wanted = WANTED.filter((path) => present.includes(`\n${path}`));
  execFileSync('tar', ['-xzf', archive, '-C', work, ...wanted]);
  renameSync(join(work, 'package'), target);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The archive, fetched by npm. */
function fetched() {
  execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', work], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(work, 'extjs-gpl-6.2.0.tgz');
}
