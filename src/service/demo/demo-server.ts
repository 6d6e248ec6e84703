// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { callSimulatedPve, type SimulatedContext } from '../../main/compose.ts';
import { VERSION } from '../../main/version.ts';
import { routeTable } from '../routes/table.ts';
import { answerAsBridge } from './bridge-paths.ts';
import { DemoTasks } from './demo-tasks.ts';
import { needsToken, onlyLoopback, secureHeaders } from './guard.ts';
import { PERSONAS, type PersonaName, persona } from './personas.ts';
import { type PveAnswer, sendPve } from './pve-form.ts';

/** What a demo is made of. */
export interface DemoParts {
  readonly machine: SimulatedContext;
  /** Who looks, unless the cookie says otherwise. */
  readonly persona: PersonaName;
  /** Folders that are served, by the path that they appear under; `page.html` of `/` is the start page. */
  readonly folders: { readonly [path: string]: string };
  /** 0 takes any that is free. */
  readonly port: number;
  /** For pages with ExtJS, which makes functions from text. */
  readonly allowEval?: boolean;
}

/** A demo that is being served. */
export interface Demo {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

/** The cookie that names the persona. */
const COOKIE = 'pveigpu-demo-persona';

/** Serves a simulated node on loopback: the panel, our paths and PVE's own, in PVE's URL space. Fails when the port is taken. */
export async function startDemo(parts: DemoParts): Promise<Demo> {
  const { machine, folders, port } = parts;
  const node = machine.node.machine.nodeName;
  const tasks = new DemoTasks(node);
  const token = randomBytes(16).toString('hex');
  const nameOf = ({ headers }: Request) => {
    const named = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1];
    return PERSONAS.find((name) => name === named) ?? parts.persona;
  };
  const app = express();
  app.disable('x-powered-by');
  app.use(onlyLoopback, secureHeaders(parts.allowEval === true), needsToken(token), express.urlencoded({ extended: false }));

  app.get('/favicon.ico', (_request, response) => void response.status(204).end());
  app.get('/demo/session', (request, response) => {
    const { title } = machine.node.machine.profile;
    const name = nameOf(request);
    response.set('cache-control', 'no-store');
    response.json({ node, token, version: VERSION, title, persona: name, user: persona(name).user, personas: PERSONAS });
  });
  app.post('/demo/persona', (request, response) => {
    const name = PERSONAS.find((one) => one === (request.body as { name?: unknown } | undefined)?.name);
    if (name === undefined) sendPve(response, 'json', { status: 400, message: 'There is no such persona.' });
    else response.cookie(COOKIE, name, { httpOnly: true, sameSite: 'strict' }).json({ data: null });
  });
  app.post('/demo/reboot', async (_request, response) => {
    const booted = await machine.node.reboot();
    sendPve(
      response,
      'json',
      booted.booted ? { data: null } : { status: 500, message: `The node does not boot: ${booted.reason}` },
    );
  });

  const api = express.Router({ mergeParams: true });
  for (const one of routeTable(VERSION))
    api[one.method](`/nodes/${node}/pveigpu${one.path.replaceAll(/\{(\w+)\}/g, ':$1')}`, async (request: Request, response) => {
      const who = persona(nameOf(request));
      sendPve(response, formOf(request), await answerAsBridge(machine, one, request, { who, tasks }));
    });
  api.get(`/nodes/${node}/tasks/:upid/status`, (request, response) => {
    sendPve(response, formOf(request), found(tasks.status(request.params.upid)));
  });
  api.get(`/nodes/${node}/tasks/:upid/log`, (request, response) => {
    const { start = '0', limit = '50' } = request.query;
    sendPve(response, formOf(request), found(tasks.log(request.params.upid, Number(start) || 0, Number(limit) || 50)));
  });
  api.get(`/nodes/${node}/tasks`, (request, response) => sendPve(response, formOf(request), { data: tasks.all() }));
  api.use(async (request, response) => {
    const who = persona(nameOf(request));
    sendPve(response, formOf(request), await answerAsPve(machine, request, who.user, who.has, tasks));
  });
  app.use('/api2/:form', api);
  for (const [path, folder] of Object.entries(folders)) app.use(path, express.static(folder, { index: ['page.html'] }));

  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    sendPve(response, formOf(request), { status: 500, message: error instanceof Error ? error.message : String(error) });
  });

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function formOf({ params }: Request): string {
  return params.form === 'extjs' ? 'extjs' : 'json';
}

function found(value: unknown): PveAnswer {
  return value === undefined ? { status: 400, message: 'There is no such task.' } : { data: value };
}

/** Passes a call on to the simulated PVE; a task that it started has ended by then. */
async function answerAsPve(
  machine: SimulatedContext,
  request: Request,
  user: string,
  has: (path: string, privilege: string) => boolean,
  tasks: DemoTasks,
): Promise<PveAnswer> {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT' && method !== 'DELETE')
    return { status: 501, message: `Method '${method} ${request.path}' not implemented` };
  const given = method === 'GET' ? request.query : ((request.body as object | undefined) ?? request.query);
  const parameters = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const { status, reason, data, errors, task } = await callSimulatedPve(
    machine,
    { method, path: request.path, parameters },
    { user, has },
  );
  if (status !== 200) return { status, message: reason, errors };
  return { data: task === undefined ? data : tasks.add({ ...task, user }, task) };
}
