// SPDX-License-Identifier: AGPL-3.0-or-later
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Context } from '../app/context.ts';
import { readSettings } from '../app/settings.ts';
import { type Problem, problem, type Result } from '../core/problem.ts';
import { visible } from '../core/text/visible.ts';
import { mayAccess } from './access.ts';
import { type Caller, readCaller } from './caller.ts';
import { problemJson } from './problem-json.ts';
import { readInput } from './read-input.ts';
import type { AnyRoute, Asked } from './route.ts';

/** What the service is made of. */
export interface ServiceParts {
  readonly context: Context;
  /** The node's name in PVE, which ACL paths carry. */
  readonly node: string;
  readonly routes: readonly AnyRoute[];
  /** The OpenAPI document of the routes. */
  readonly openapi: object;
}

/** Of the bodies that are accepted; a plan's wish has some 200 bytes. */
const MOST_BODY = '64kb';

/** The versioned API for the bridge, which says in headers who asks. Nothing of PVE's own is offered here. */
export function createService(parts: ServiceParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(express.json({ limit: MOST_BODY, strict: true }));
  const api = express.Router();
  api.get('/openapi.json', (_request, response) => void response.json(parts.openapi));
  for (const one of parts.routes)
    api[one.method](one.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (request: Request, response: Response) => {
      const { headers, params, query, body } = request;
      const caller = readCaller(headers);
      const answered = await answerRoute(parts, one, { caller, vmid: params.vmid, input: one.method === 'get' ? query : body });
      if (answered.ok) response.set('cache-control', 'no-store').type('json').send(bodyOf(answered.value));
      else sendProblem(response, answered.problem);
    });
  app.use('/v1', api);
  app.use((request, response) =>
    sendProblem(response, { code: 'usage', message: `There is nothing at ${visible(request.path, 100)}.` }, 404),
  );
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const status = (error as { status?: unknown }).status;
    const isTheirs = typeof status === 'number' && status >= 400 && status < 500;
    if (!isTheirs)
      parts.context.log.warn(`A request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    sendProblem(response, isTheirs ? { code: 'usage', message: 'The body is no JSON object of a usable size.' } : OUR_FAULT);
  });
  return app;
}

const OUR_FAULT: Problem = {
  code: 'plan.failed',
  message: 'Something went wrong inside pveigpu.',
  hint: 'The journal of pveigpu.service has more.',
};

/** A request as a face has read it. */
export interface Incoming {
  readonly caller: Result<Caller>;
  /** What the path names as guest, unchecked. */
  readonly vmid: string | readonly string[] | undefined;
  /** Query or body, unchecked. */
  readonly input: unknown;
}

/** Answers one request: who asks is checked before anything is read, input before anything is done. */
export async function answerRoute(
  parts: Pick<ServiceParts, 'context' | 'node'>,
  one: AnyRoute,
  { caller, vmid: named, input: given }: Incoming,
): Promise<Result<object>> {
  if (!caller.ok) return caller;
  const settings = await readSettings(parts.context);
  if (!settings.ok) return settings;
  const vmid = vmidOf(named);
  if (!vmid.ok) return vmid;
  const asked: Asked = {
    context: parts.context,
    caller: caller.value,
    node: parts.node,
    settings: settings.value,
    ...(vmid.value === undefined ? {} : { vmid: vmid.value }),
  };
  const access = mayAccess(one.access, caller.value, asked);
  if (!access.ok) return access;
  const input = readInput(one.input, given);
  return input.ok ? await one.answer(asked, input.value as never) : input;
}

/** PVE's VMIDs are 100 to 999999999. */
function vmidOf(text: Incoming['vmid']): Result<number | undefined> {
  if (text === undefined) return { ok: true, value: undefined };
  if (typeof text === 'string' && /^[1-9]\d{2,8}$/.test(text)) return { ok: true, value: Number(text) };
  return problem('usage', 'The path names no VMID.');
}

const BODIES = new WeakMap<object, Buffer>();

/** The JSON of a value that may go to several who asked: made once, and its bytes are there once for all of them. */
function bodyOf(value: object): Buffer {
  const body = BODIES.get(value) ?? Buffer.from(JSON.stringify(value));
  BODIES.set(value, body);
  return body;
}

function sendProblem(response: Response, of: Problem, status?: number): void {
  const body = { ...problemJson(of), ...(status === undefined ? {} : { status }) };
  response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}
