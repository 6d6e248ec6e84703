// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where what browsers load was built: beside the folder of this program, or in `dist` where it runs from its sources. */
export function wwwFolder(): string {
  const [built = '', fromSource = ''] = ['../www', '../../dist/www'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return existsSync(built) || !existsSync(fromSource) ? built : fromSource;
}
