// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** What the build does with these files: they are taken in as text. */
const textFiles = {
  name: 'text-files',
  enforce: 'pre' as const,
  load: (id: string) => (/\.(pl|md)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined),
};

export default defineConfig({
  plugins: [textFiles],
  test: { include: ['test/**/*.test.ts'], exclude: ['test/rig/**', 'test/browser/**'], testTimeout: 30_000, hookTimeout: 60_000 },
});
