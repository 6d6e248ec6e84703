// SPDX-License-Identifier: AGPL-3.0-or-later
/** Writes `docs/findings.md` from the table of findings. `--print` writes it to the standard output instead. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

async function load(path) {
  const { outputFiles } = await build({ entryPoints: [at(path)], bundle: true, format: 'esm', write: false, logLevel: 'error' });
  return await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const AREAS = {
  firmware: 'What the firmware of the machine allows, and how old it is.',
  'secure-boot': 'Whether the kernel may load the modules that are wanted.',
  boot: 'Whether the next boot brings what was set up.',
  kernel: 'What runs, what is pinned, and what its log says.',
  driver: 'Whether the right driver is there, built, loaded and bound.',
  vf: 'Virtual functions: whether they exist, and whose they are.',
  mdev: 'Mediated devices (GVT-g).',
  rom: 'Option ROMs that guests name.',
  guest: 'Virtual machines: why one does not start, or will not.',
  container: 'Containers that share the GPU.',
  cluster: 'What differs between the nodes of a cluster.',
  leftover: 'What guides and other tools left behind.',
};

const NOTES = {
  critical: 'the node may not boot, or data is at risk',
  error: 'something that is wanted does not work',
  warning: 'it will not work after the next boot, start or upgrade, or works by chance',
  advice: 'all works and could be better; never a problem',
  note: 'it looks wrong and is not',
};

/** An id as a link to its row; GitHub makes no anchors of table rows, so each has its own. */
const link = (id) => `[\`${id}\`](#${anchor(id)})`;
const anchor = (id) => id.replaceAll('.', '-');
const cell = (text) => text.replaceAll('|', '\\|');

function row({ id, severity, title, follows = [], matters, deep, reference }) {
  const causes = follows.length === 0 ? '' : `<br>follows from ${follows.map(link).join(', ')}`;
  const open = matters === true ? '<br>exit code 7 where it cannot be looked at' : '';
  const only = deep === true ? '<br>looked for with `--deep`' : '';
  return `| <a id="${anchor(id)}"></a>\`${id}\` | ${severity} | ${cell(title)}${causes}${open}${only} | ${reference} |`;
}

function page(findings) {
  const areas = Object.keys(AREAS).filter((area) => findings.some(({ id }) => id.startsWith(`${area}.`)));
  return [
    '# Findings',
    '',
    'What `pveigpu doctor` looks for. Written by `npm run findings` from `src/core/doctor`; a test compares it. Ids never change: scripts and bug reports name them.',
    `\`pveigpu explain ID\` says more about one. There are ${findings.length}.`,
    '',
    '| severity | means |',
    '|---|---|',
    ...Object.entries(NOTES).map(([severity, means]) => `| ${severity} | ${means} |`),
    '',
    'A problem that follows from another one is shown below that one.',
    '',
    ...areas.flatMap((area) => [
      `## ${area}`,
      '',
      AREAS[area],
      '',
      '| id | severity | what is wrong | described in |',
      '|---|---|---|---|',
      ...findings.filter(({ id }) => id.startsWith(`${area}.`)).map(row),
      '',
    ]),
  ].join('\n');
}

const { FINDINGS } = await load('src/core/doctor/table.ts');
const text = page(FINDINGS);
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(at('docs/findings.md'), text);
