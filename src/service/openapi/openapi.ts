// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import api from '../../../docs/api.md';
import json from '../../../docs/json.md';
import type { AnyRoute } from '../route.ts';
import { type JsonSchema, schemasOfPages } from './json-page.ts';

const PROBLEM_TYPE = 'application/problem+json';

/** The OpenAPI 3.1 document of the routes: inputs from their schemas, answers from the tables of the documentation. */
export function openapiOf(routes: readonly AnyRoute[], version: string): JsonSchema {
  const paths: { [path: string]: { [method: string]: JsonSchema } } = {};
  for (const one of routes) {
    const path = `/v1${one.path}`;
    paths[path] = { ...paths[path], [one.method]: operationOf(one) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'pveigpu', version, license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' } },
    paths,
    components: { schemas: { ...schemasOfPages([json, api]), 'problem-details': PROBLEM_DETAILS } },
  };
}

/** RFC 9457, with our code. */
const PROBLEM_DETAILS: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string', description: 'one sentence' },
    status: { type: 'number' },
    code: { type: 'string', description: 'stable' },
    hint: { type: 'string', description: 'what to do about it' },
    where: { type: 'string', description: 'the file, guest or device that it is about' },
  },
};

function operationOf(one: AnyRoute): JsonSchema {
  const input = one.input === undefined ? undefined : inputOf(one.input);
  const inPath = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'integer', minimum: 100, maximum: 999_999_999 },
  }));
  const inQuery = one.method === 'get' && input !== undefined ? queryOf(input) : [];
  return {
    operationId: `${one.method} ${one.path}`,
    summary: one.summary,
    description: `Access: ${one.access}.`,
    parameters: [...inPath, ...inQuery],
    ...(one.method === 'post' && input !== undefined
      ? { requestBody: { required: true, content: { 'application/json': { schema: input } } } }
      : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: { $ref: `#/components/schemas/${one.kind}` } } } },
      default: {
        description: 'It failed',
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/problem-details' } } },
      },
    },
  };
}

function inputOf(schema: NonNullable<AnyRoute['input']>): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema) as JsonSchema;
  return rest;
}

function queryOf({ properties }: JsonSchema): readonly JsonSchema[] {
  return Object.entries((properties ?? {}) as JsonSchema).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema,
  }));
}
