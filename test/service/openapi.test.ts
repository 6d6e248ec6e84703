// SPDX-License-Identifier: AGPL-3.0-or-later
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openapiOf } from '../../src/service/openapi/openapi.ts';
import { simulated } from '../app/simulated.ts';
import { typed } from '../cli/command-line.ts';
import { type Answered, ROOT, ROUTES, Running } from './asked.ts';

const DOCUMENT = openapiOf(ROUTES, '1.2.3') as {
  readonly paths: { readonly [path: string]: { readonly [method: string]: { readonly summary: string } } };
  readonly components: { readonly schemas: { readonly [name: string]: object } };
};

/** The document's schemas as one schema, where JSON Schema looks for parts. */
const $defs: object = JSON.parse(JSON.stringify(DOCUMENT.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'));
const ajv = new Ajv2020({ allErrors: true, strict: true });

function wrong(kind: string, value: unknown): readonly string[] {
  const check = ajv.compile({ $defs, $ref: `#/$defs/${kind}` });
  return check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('openapi.json', () => {
  let service: Running;

  beforeAll(async () => {
    const machine = simulated('raptor-lake-s');
    expect((await typed(machine, 'assign 101 --yes')).code).toBe(0);
    service = await Running.over(machine);
  });

  afterAll(async () => await service.close());

  test('is served, and has every route with a summary', async () => {
    const { body } = await service.ask('GET', '/openapi.json', null);
    expect(body).toEqual(JSON.parse(JSON.stringify(DOCUMENT)));
    const listed = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(listed.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} /v1${path}`).sort());
  });

  test('every reference leads somewhere', () => {
    const names = new Set(Object.keys(DOCUMENT.components.schemas));
    const used = [...JSON.stringify(DOCUMENT).matchAll(/#\/components\/schemas\/([\w-]+)/g)].map(([, name]) => name ?? '');
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(ROUTES.filter(({ method }) => method === 'get').map(({ path, kind }) => [path, kind]))(
    'GET %s answers a %s',
    async (path, kind) => {
      const { status, body }: Answered = await service.ask('GET', path.replace('{vmid}', '101'), ROOT);
      expect(status).toBe(200);
      expect(body.kind).toBe(kind);
      expect(wrong(kind, body)).toEqual([]);
    },
  );

  test.each([
    ['/plan', { mode: 'gvt-d' }],
    ['/plan-rollback', { to: 'all' }],
    ['/guests/101/plan-unassign', undefined],
  ])('POST %s answers a plan', async (path, input) => {
    const { status, body } = await service.ask('POST', path, ROOT, input);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(wrong('planned', body)).toEqual([]);
  });

  test('a failure is as the document says, and a wrong value is found', async () => {
    const { body } = await service.ask('POST', '/plan', ROOT, { mode: 1 });
    expect(wrong('problem-details', body)).toEqual([]);
    expect(wrong('planned', body)).not.toEqual([]);
  });
});
