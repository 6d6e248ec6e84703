// SPDX-License-Identifier: AGPL-3.0-or-later
// Makes src/simulator/pve/api-schema.json, the compact form that the simulated node checks every call against, from
// data/pve-api-9.2.json. Run it after the data changes: node scripts/build-pve-api.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const data = JSON.parse(readFileSync(new URL('data/pve-api-9.2.json', root), 'utf8'));
const routes = {};
for (const [call, { parameters, permissions }] of Object.entries(data.routes)) {
  const check = permissions?.check;
  routes[call] = [parameters.join(' '), check === undefined ? (permissions?.user ?? '') : JSON.stringify(check)];
}
const lines = Object.entries(routes).map(([call, value]) => `${JSON.stringify(call)}:${JSON.stringify(value)}`);
writeFileSync(new URL('src/simulator/pve/api-schema.json', root), `{\n${lines.join(',\n')}\n}\n`);
