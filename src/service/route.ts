// SPDX-License-Identifier: AGPL-3.0-or-later
import type * as z from 'zod/mini';
import type { Context } from '../app/context.ts';
import type { Result } from '../core/problem.ts';
import type { Access, AccessGround } from './access.ts';
import type { Caller } from './caller.ts';

/** What a route gets besides its input. */
export interface Asked extends AccessGround {
  readonly context: Context;
  readonly caller: Caller;
}

/** One thing that can be asked of the service. Routing, access, checks of the input and OpenAPI are made from this alone. */
export interface Route<Input = never> {
  readonly method: 'get' | 'post';
  /** In OpenAPI's form, below `/v1`: `/guests/{vmid}/assign`. */
  readonly path: string;
  /** One line for OpenAPI. */
  readonly summary: string;
  readonly access: Access;
  /** What the query (GET) or the JSON body (POST) may hold; none when absent. */
  readonly input?: z.ZodMiniType<Input>;
  /** The `kind` of the JSON value that is answered, described in docs/json.md. */
  readonly kind: string;
  readonly answer: (asked: Asked, input: Input) => Promise<Result<object>>;
}

/** A route in a table with others: its input has been checked by its own schema when it is called. */
export type AnyRoute = Route<never>;

/** Takes a route into a table. */
export function route<Input>(one: Route<Input>): AnyRoute {
  return one as unknown as AnyRoute;
}
