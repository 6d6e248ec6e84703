// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Response } from 'express';
import type { Problem } from '../../core/problem.ts';
import { problemJson } from '../problem-json.ts';

/** How PVE's HTTP API answers: a value, or a status with one text and texts by parameter. */
export type PveAnswer =
  | { readonly data: unknown }
  | { readonly status: number; readonly message: string; readonly errors?: { readonly [parameter: string]: string } | undefined };

/** A failure of the service as the bridge raises it: title and hint in one text. */
export function pveFailure(of: Problem): PveAnswer {
  const { status, title, hint } = problemJson(of);
  return { status, message: [title, hint].filter((part) => part !== undefined).join(' ') };
}

/**
 * Sends an answer as PVE does (pve-http-server, PVE::APIServer::Formatter::Standard): in the form `json` with the status, whose line has the text
 * too; in the form `extjs` always with 200 and `success`.
 */
export function sendPve(response: Response, form: string, answer: PveAnswer): void {
  response.set('cache-control', 'no-store');
  if ('data' in answer) {
    response.json({ data: answer.data, ...(form === 'extjs' ? { success: 1 } : {}) });
    return;
  }
  const { status, message, errors } = answer;
  const more = { message: `${message}\n`, ...(errors === undefined ? {} : { errors }) };
  if (form === 'extjs') {
    response.json({ data: null, success: 0, status, ...more });
    return;
  }
  response.statusMessage = message.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 500);
  response.status(status).json({ data: null, ...more });
}
