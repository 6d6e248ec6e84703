// SPDX-License-Identifier: AGPL-3.0-or-later
// Builds what browsers load: the stand-alone page and the panel for PVE's own interface, one file each.
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';

const ENTRIES = {
  page: 'ui-extension/page/page.ts',
  pveigpu: 'ui-extension/extjs/plugin.ts',
};

/** Blanks of a style sheet that mean nothing. None of ours has a selector with a colon and a blank behind it. */
const dense = (css) =>
  css
    .replaceAll(/\s*([{};,])\s*/g, '$1')
    .replaceAll(/:\s+/g, ':')
    .replaceAll(/\s+/g, ' ');

/** Markup and styles stand in template strings, which no minifier touches: their indentation, and that of the code around them, stays here. */
const unindented = {
  name: 'unindented',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/ui-extension\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll(/^[ \t]+/gm, '')
        .replaceAll(/css`([^`]*)`/g, (_whole, text) => `css\`${dense(text)}\``),
      loader: 'ts',
    }));
  },
};

/** Builds into a folder; answers esbuild's metafile. */
export async function buildPanel(outdir, { minify = true } = {}) {
  mkdirSync(outdir, { recursive: true });
  const { metafile } = await build({
    entryPoints: ENTRIES,
    outdir,
    minify,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'warning',
    plugins: [unindented],
  });
  cpSync('ui-extension/page/page.html', `${outdir}/page.html`);
  cpSync('ui-extension/page/page.css', `${outdir}/page.css`);
  return metafile;
}
