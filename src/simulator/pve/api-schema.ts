// SPDX-License-Identifier: AGPL-3.0-or-later
import schema from './api-schema.json' with { type: 'json' };
import { FORMATS } from './formats.ts';
import type { ValueRule } from './value-check.ts';
import { LXC_DEVICE, PCI_MAP } from './vm-formats.ts';
import { vmParameter } from './vm-options.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One call of PVE 9.2's API (API viewer data): its template, parameters and who may make it. */
export interface Route {
  readonly method: Method;
  readonly template: string;
  /** Names; a numbered one ends in `[n]`. */
  readonly parameters: readonly string[];
  /** PVE's permission check as JSON, or `all`; empty means root only. */
  readonly permissions: string;
}

const ROUTES: readonly Route[] = Object.entries(schema).map(([call, [parameters = '', permissions = '']]) => {
  const [method = '', template = ''] = call.split(' ');
  return { method: method as Method, template, parameters: parameters.split(' ').filter((name) => name !== ''), permissions };
});

/** The route of a call and the values of its path, or undefined when PVE has none. */
export function findRoute(method: Method, path: string): { route: Route; values: Map<string, string> } | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    const values = match(route.template, parts);
    if (values !== undefined) return { route, values };
  }
  return undefined;
}

/** The route with exactly this template; it is a defect of the simulator when there is none. */
export function routeOf(method: Method, template: string): Route {
  const route = ROUTES.find((one) => one.method === method && one.template === template);
  if (route === undefined) throw new Error(`no route ${method} ${template}`);
  return route;
}

function match(template: string, parts: readonly string[]): Map<string, string> | undefined {
  const wanted = template.split('/').filter((part) => part !== '');
  if (wanted.length !== parts.length) return undefined;
  const values = new Map<string, string>();
  for (const [at, part] of wanted.entries()) {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined) values.set(name, parts[at] ?? '');
    else if (part !== parts[at]) return undefined;
  }
  return values;
}

const BOOLEAN: ValueRule = { type: 'boolean' };
const TEXT: ValueRule = { type: 'string' };
const COUNT: ValueRule = { type: 'integer', min: 0 };

/** Rules of parameters that mean the same wherever they stand. */
const SHARED: { readonly [name: string]: ValueRule } = {
  vmid: { type: 'integer', format: FORMATS.vmid },
  newid: { type: 'integer', format: FORMATS.vmid },
  node: { type: 'string', format: FORMATS.node },
  target: { type: 'string', format: FORMATS.node },
  id: { type: 'string', format: FORMATS.configId },
  map: { type: 'array', properties: PCI_MAP },
  snapname: { type: 'string', format: FORMATS.configId },
  snapshot: { type: 'string', format: FORMATS.configId },
  timeout: COUNT,
  limit: COUNT,
  start: COUNT,
};

const FLAGS = new Set(
  (
    'current full forceStop keepActive overrule-shutdown skiplock verbose vmstate todisk online force purge mdev unprivileged ' +
    'live-migration-capable destroy-unreferenced-disks with-local-disks nocheck onboot protection template skip-lock'
  ).split(' '),
);

/** The rule of a parameter of a route, or undefined when the route has none of that name. */
export function parameterRule(route: Route, name: string): ValueRule | undefined {
  const family = name.replace(/\d+$/, '');
  if (!route.parameters.includes(name) && !route.parameters.includes(`${family}[n]`)) return undefined;
  const changesVm = /qemu(\/\{vmid\}\/config)?$/.test(route.template) && route.method !== 'GET';
  if (changesVm) {
    const rule = vmParameter(name);
    if (rule !== undefined || route.parameters.includes(`${family}[n]`)) return rule;
  }
  if (route.template.includes('/lxc/') && /^dev\d+$/.test(name))
    return Number(name.slice(3)) < 256 ? { type: 'string', properties: LXC_DEVICE } : undefined;
  if (route.template === '/nodes/{node}/hardware/pci' && name === 'verbose') return BOOLEAN;
  if (Object.hasOwn(SHARED, name)) return SHARED[name];
  if (name === 'tags') return { type: 'string', format: FORMATS.tagList };
  if (name === 'hookscript') return { type: 'string', format: FORMATS.volumeId };
  return FLAGS.has(name) ? BOOLEAN : TEXT;
}
