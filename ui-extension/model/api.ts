// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestRequest, TaskLine, TaskStatus } from './values.ts';

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly credentials: 'same-origin';
  },
) => Promise<{ readonly ok: boolean; readonly status: number; readonly statusText: string; text(): Promise<string> }>;

/** A request that failed: HTTP status (0 when nothing answered) and a sentence. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** PVE's API as the panel uses it. Every failure is thrown as an {@link ApiError}. */
export interface PanelApi {
  readonly node: string;
  /** A view of pveigpu: `get('status')`. */
  get<T>(path: string, query?: { readonly [key: string]: string }): Promise<T>;
  /** A plan or a look of pveigpu; nothing is changed. */
  post<T>(path: string, input?: object): Promise<T>;
  /** Starts a change of the node; answers the UPID of its task. */
  start(path: string, input: object): Promise<string>;
  taskStatus(upid: string): Promise<TaskStatus>;
  /** Lines of a task's log from `start` on, counted from 0; at most 500. */
  taskLog(upid: string, start: number): Promise<readonly TaskLine[]>;
  /** Sends one change of a guest to PVE's own configuration API. */
  changeGuest(request: GuestRequest): Promise<void>;
  /** Anything else of PVE below `/nodes/NODE/`. */
  pve<T>(path: string): Promise<T>;
}

/** How the panel reaches PVE. */
export interface PanelApiOptions {
  readonly node: string;
  readonly fetch: Fetch;
  /** PVE's CSRFPreventionToken at this moment; it changes when the ticket is renewed. */
  readonly csrf: () => string | undefined;
}

/** The API of one node, spoken with the user's own ticket. */
export function panelApi({ node, fetch, csrf }: PanelApiOptions): PanelApi {
  const ofNode = `/api2/json/nodes/${encodeURIComponent(node)}`;
  const ask = async <T>(method: string, url: string, form?: string): Promise<T> => {
    const token = method === 'GET' ? undefined : csrf();
    const headers: Record<string, string> = {
      ...(token === undefined ? {} : { CSRFPreventionToken: token }),
      ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    };
    const answer = await fetch(url, {
      ...{ method, headers, credentials: 'same-origin' },
      ...(form === undefined ? {} : { body: form }),
    }).catch((error: unknown) => {
      throw new ApiError(0, error instanceof Error ? error.message : String(error));
    });
    const value = parse(await answer.text());
    if (!answer.ok) throw new ApiError(answer.status, sentence(value) ?? (answer.statusText || `HTTP ${answer.status}`));
    if (value === undefined) throw new ApiError(answer.status, 'The answer is no JSON.');
    return value.data as T;
  };
  const ours = (path: string) => `${ofNode}/pveigpu/${path}`;
  const post = async <T>(path: string, input?: object): Promise<T> =>
    await ask<T>('POST', ours(path), input === undefined ? '' : formOf({ input: JSON.stringify(input) }));
  const task = (upid: string) => `${ofNode}/tasks/${encodeURIComponent(upid)}`;
  return {
    node,
    post,
    get: async (path, query = {}) => await ask('GET', withQuery(ours(path), query)),
    start: async (path, input) => await post<string>(path, input),
    taskStatus: async (upid) => await ask('GET', `${task(upid)}/status`),
    taskLog: async (upid, start) => await ask('GET', withQuery(`${task(upid)}/log`, { start: String(start), limit: '500' })),
    changeGuest: async ({ kind, vmid, digest, set, delete: gone }) => {
      const values = { ...set, digest, ...(gone.length === 0 ? {} : { delete: gone.join(',') }) };
      await ask('PUT', `${ofNode}/${kind}/${vmid}/config`, formOf(values));
    },
    pve: async (path) => await ask('GET', `${ofNode}/${path}`),
  };
}

function withQuery(url: string, query: { readonly [key: string]: string }): string {
  const text = formOf(query);
  return text === '' ? url : `${url}?${text}`;
}

/** Percent-encoded as a whole: PVE splits what it gets at `=` and `;` (pve-http-server AnyEvent.pm, decode_urlencoded). */
function formOf(values: { readonly [key: string]: string }): string {
  return Object.entries(values)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join('&');
}

interface Answer {
  readonly data?: unknown;
  readonly message?: unknown;
  readonly errors?: unknown;
}

function parse(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** PVE's own failures: a message, and for parameters one text a key. */
function sentence(value: Answer | undefined): string | undefined {
  const { message, errors } = value ?? {};
  const keys =
    typeof errors === 'object' && errors !== null ? Object.entries(errors).map(([key, text]) => `${key}: ${text}`) : [];
  const said = typeof message === 'string' ? [message.trim()] : [];
  const all = [...said, ...keys].filter((text) => text !== '');
  return all.length === 0 ? undefined : all.join(' ');
}
