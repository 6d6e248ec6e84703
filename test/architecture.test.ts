// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Which layers a layer may import, and which packages. `any` means every package. */
const LAYERS: Record<string, { layers: string[]; packages: string[] | 'any' }> = {
  core: { layers: ['core'], packages: ['zod/mini', 'diff', 'ini', 'yaml', 'fast-xml-parser'] },
  ports: { layers: ['core', 'ports'], packages: [] },
  app: { layers: ['core', 'ports', 'app'], packages: [] },
  adapters: { layers: ['core', 'ports', 'adapters'], packages: 'any' },
  simulator: { layers: ['core', 'ports', 'simulator'], packages: [] },
  main: { layers: ['core', 'ports', 'app', 'adapters', 'simulator', 'main'], packages: 'any' },
  cli: { layers: ['core', 'ports', 'app', 'main', 'service', 'cli'], packages: 'any' },
  service: { layers: ['core', 'ports', 'app', 'main', 'service'], packages: 'any' },
  'ui-extension': { layers: ['core', 'ui-extension'], packages: ['lit', 'lit/directives/keyed.js', 'uplot'] },
  'pve-hooks': { layers: ['core', 'ports', 'app', 'main'], packages: 'any' },
};

const ROOT = resolve(import.meta.dirname, '..');
const IMPORT =
  /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm;
const AMBIENT = /\bprocess\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bconsole\.|\bsetTimeout\b|\bPromise\b|\basync\b/;

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function layerOf(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'src' ? (parts[1] ?? '') : (parts[0] ?? '');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function withoutStrings(text: string): string {
  return text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}

describe('layers', () => {
  const files = [...sources('src'), ...sources('pve-hooks'), ...sources('ui-extension')];

  test('there is something to look at in every layer', () => {
    expect(files.length).toBeGreaterThan(20);
    for (const layer of Object.keys(LAYERS))
      expect(
        files.some((file) => layerOf(file) === layer),
        layer,
      ).toBe(true);
  });

  test.each(files)('%s imports only what its layer may', (file) => {
    const rule = LAYERS[layerOf(file)];
    expect(rule, `no layer for ${file}`).toBeDefined();
    for (const match of withoutComments(readFileSync(join(ROOT, file), 'utf8')).matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? match[3] ?? '';
      // taken in as text, which is data and no code of another layer
      if (/\.(pl|md)$/.test(target)) continue;
      if (target.startsWith('.')) {
        const layer = layerOf(relative(ROOT, resolve(ROOT, dirname(file), target)));
        expect(rule?.layers, `${file} imports ${target}`).toContain(layer);
      } else if (rule?.packages !== 'any') {
        expect(rule?.packages, `${file} imports ${target}`).toContain(target);
      }
    }
  });

  test.each(files.filter((file) => layerOf(file) === 'core'))('%s is pure', (file) => {
    expect(withoutStrings(withoutComments(readFileSync(join(ROOT, file), 'utf8'))).match(AMBIENT)?.[0]).toBeUndefined();
  });

  test('only compose.ts imports adapters', () => {
    const offenders = files.filter((file) => layerOf(file) === 'main' && !file.endsWith('/compose.ts'));
    for (const file of offenders) expect(readFileSync(join(ROOT, file), 'utf8'), file).not.toMatch(/\/adapters\//);
  });
});

describe('shape', () => {
  const files = [...sources('src'), ...sources('pve-hooks'), ...sources('ui-extension')].filter(
    (file) => !file.endsWith('catalogue-data.ts'),
  );
  const lines = files.map((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length).sort((a, b) => a - b);

  test('files stay small', () => {
    const tooLong = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 301);
    expect(tooLong).toEqual([]);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(100);
  });

  test('no drawers and no barrels', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|index)\.ts$/.test(file))).toEqual([]);
  });
});
