// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Fetch, type PanelApi, panelApi } from '../model/api.ts';

/** The simulated node that a demo serves (`GET /demo/session`). */
export interface DemoSession {
  readonly node: string;
  readonly token: string;
  readonly title: string;
  readonly persona: string;
  readonly personas: readonly string[];
}

/** Where the page is: at a demo, or at a node of PVE. */
export interface Start {
  readonly api: PanelApi;
  readonly demo: DemoSession | null;
}

const send: Fetch = async (url, init) => await fetch(url, init);

/** Finds out which node this page is about: a demo says it, else the address does (`?node=NAME`), else PVE's own page around it. */
export async function startPage(): Promise<Start> {
  const demo = await demoSession();
  if (demo !== null) return { demo, api: panelApi({ node: demo.node, fetch: send, csrf: () => demo.token }) };
  const pve = (globalThis as { readonly Proxmox?: { readonly NodeName?: string; readonly CSRFPreventionToken?: string } })
    .Proxmox;
  const node = new URLSearchParams(location.search).get('node') ?? pve?.NodeName ?? 'localhost';
  return { demo: null, api: panelApi({ node, fetch: send, csrf: () => pve?.CSRFPreventionToken }) };
}

async function demoSession(): Promise<DemoSession | null> {
  const answer = await fetch('/demo/session').catch(() => null);
  return answer?.ok === true ? ((await answer.json()) as DemoSession) : null;
}

/** Looks at the demo as somebody else from now on. */
export async function changePersona({ token }: DemoSession, name: string): Promise<void> {
  await demoPost('/demo/persona', token, `name=${encodeURIComponent(name)}`);
}

/** Reboots the simulated node; answers why it does not come up, or null. */
export async function rebootDemo({ token }: DemoSession): Promise<string | null> {
  const answer = await demoPost('/demo/reboot', token, '');
  const { message } = (await answer.json()) as { readonly message?: string };
  return answer.ok ? null : (message ?? `HTTP ${answer.status}`);
}

async function demoPost(path: string, token: string, body: string): Promise<Response> {
  const headers = { CSRFPreventionToken: token, 'Content-Type': 'application/x-www-form-urlencoded' };
  return await fetch(path, { method: 'POST', headers, body });
}
