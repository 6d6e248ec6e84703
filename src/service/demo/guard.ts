// SPDX-License-Identifier: AGPL-3.0-or-later
import type { NextFunction, Request, Response } from 'express';

const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Headers that keep a page to itself. ExtJS makes functions from text, which `allowEval` permits. */
export function secureHeaders(allowEval: boolean) {
  const policy = allowEval ? `${POLICY}; script-src 'self' 'unsafe-eval' 'unsafe-inline'` : POLICY;
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.set({
      'content-security-policy': policy,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    next();
  };
}

/** Refuses requests that name another host than loopback, so that no page of a stranger reaches us by a name of its own (DNS rebinding). */
export function onlyLoopback({ headers }: Request, response: Response, next: NextFunction): void {
  if (/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(headers.host ?? '')) next();
  else response.status(403).type('text').send('The demo answers to loopback names alone.\n');
}

/** As PVE: whatever is no GET needs the token, which a page of another origin cannot know. */
export function needsToken(token: string) {
  return ({ method, headers }: Request, response: Response, next: NextFunction): void => {
    if (method === 'GET' || headers.csrfpreventiontoken === token) next();
    else response.status(401).json({ data: null, message: 'Permission denied - invalid csrf token\n' });
  };
}
