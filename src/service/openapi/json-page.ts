// SPDX-License-Identifier: AGPL-3.0-or-later

/** A JSON Schema as OpenAPI 3.1 takes it. */
export type JsonSchema = { readonly [key: string]: unknown };

const PLAIN: { readonly [type: string]: JsonSchema } = {
  text: { type: 'string' },
  number: { type: 'number' },
  'yes/no': { type: 'boolean' },
  object: { type: 'object' },
};
const PART = /^\[([\w-]+)\]\((?:json\.md)?#\1\)$/;
const ROW = /^\| `([^`]+)` \| (.+?) \| (.+) \|$/;

/** The schemas that pages of our documentation describe in tables, by name; a kind and a part of one name are the same thing. */
export function schemasOfPages(pages: readonly string[]): { readonly [name: string]: JsonSchema } {
  const sections = pages.flatMap((page) => page.split(/^### /m).slice(1));
  const named = sections.map((section) => [section.slice(0, section.indexOf('\n')).trim(), objectOf(section)] as const);
  return Object.fromEntries(named);
}

function objectOf(section: string): JsonSchema {
  const rows = section.split('\n').flatMap((line) => {
    const [, name = '', type = '', meaning = ''] = ROW.exec(line) ?? [];
    return name === '' ? [] : [{ name: name.replace('?', ''), isOptional: name.endsWith('?'), type, meaning }];
  });
  return {
    type: 'object',
    required: rows.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
    properties: Object.fromEntries(rows.map(({ name, type, meaning }) => [name, { ...schemaOf(type), description: meaning }])),
  };
}

function schemaOf(type: string): JsonSchema {
  if (type.endsWith(' or null')) return { anyOf: [schemaOf(type.slice(0, -' or null'.length)), { type: 'null' }] };
  if (type.startsWith('list of ')) return { type: 'array', items: schemaOf(type.slice('list of '.length)) };
  const part = PART.exec(type)?.[1];
  return part === undefined ? (PLAIN[type] ?? {}) : { $ref: `#/components/schemas/${part}` };
}
