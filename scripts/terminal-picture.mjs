// SPDX-License-Identifier: AGPL-3.0-or-later
// Draws docs/terminal.svg, the picture in the README, from what the commands really print: npm run picture.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const LINE = 19;
const CHAR = 8.43;
const COLOURS = {
  1: 'font-weight="bold"',
  2: 'fill="#8a8f98"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#e3b341"',
  36: 'fill="#79c0ff"',
};

const env = { ...process.env, FORCE_COLOR: '1', COLUMNS: '100' };
const run = spawnSync('node', ['dist/bin/pveigpu.cjs', 'demo', '--once'], { encoding: 'utf8', env });
const all = run.stdout.split('\n');
const from = all.findIndex((line) => line.includes('pveigpu status'));
const to = all.findIndex((line) => line.includes('pveigpu apply sriov'));
const lines = all.slice(from, to - 2);

const escapeXml = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

// a style goes on over line ends, as it does in a terminal
let style = '';

function spans(line) {
  return line
    .split(/(\u001b\[\d+m)/)
    .map((part) => {
      const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
      if (code === undefined) return part === '' ? '' : `<tspan ${style}>${escapeXml(part)}</tspan>`;
      style = COLOURS[code] ?? '';
      return '';
    })
    .join('');
}

const width = Math.ceil(Math.max(...lines.map((line) => line.replace(/\u001b\[\d+m/g, '').length)) * CHAR) + 40;
const height = lines.length * LINE + 64;
const rows = lines.map((line, i) => `<text x="20" y="${56 + i * LINE}" xml:space="preserve">${spans(line)}</text>`);
writeFileSync(
  'docs/terminal.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>pveigpu status, verdict and assign in a terminal</title>
<rect width="100%" height="100%" rx="10" fill="#16191f"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#e6e6e6">
${rows.join('\n')}
</g>
</svg>
`,
);
