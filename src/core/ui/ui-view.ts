// SPDX-License-Identifier: AGPL-3.0-or-later
import { imageText } from '../plan/file-image.ts';
import { readIndexTemplate } from './index-template.ts';
import type { UiGround } from './plan-ui.ts';

/** The value of `ui status --json`. */
export interface UiView {
  readonly format: 1;
  /** Whether PVE's page loads the panel, and the panel is there. */
  readonly installed: boolean;
  /** PVE's page: `with-panel`, `without-panel`, `unknown` (no template that we know), or `absent`. */
  readonly template: 'with-panel' | 'without-panel' | 'unknown' | 'absent';
  /** Our script: who brought it, or that it is not there. */
  readonly script: 'package' | 'pveigpu' | 'other' | 'absent';
  /** The version that PVE's page names; null without a line of ours. */
  readonly version: string | null;
  /** Whether that is what this pveigpu would write. */
  readonly current: boolean;
}

/** How the panel stands in PVE's interface. */
export function uiView({ template, script, ledger, isPackaged }: UiGround, path: string, version: string): UiView {
  const page = template.kind === 'absent' ? undefined : readIndexTemplate(imageText(template));
  const isNoted = Object.hasOwn(ledger.files, path);
  const isThere = script.kind === 'file';
  const isShown = page !== undefined && page.ours.length > 0;
  return {
    format: 1,
    installed: isShown && isThere,
    template: page === undefined ? 'absent' : isShown ? 'with-panel' : page.anchor === undefined ? 'unknown' : 'without-panel',
    script: isThere ? (isPackaged ? 'package' : isNoted ? 'pveigpu' : 'other') : 'absent',
    version: page?.version ?? null,
    current: isShown && page.version === version,
  };
}

const PAGE: { readonly [T in UiView['template']]: string } = {
  'with-panel': 'loads the panel',
  'without-panel': 'as Proxmox made it',
  unknown: 'not as pveigpu knows it',
  absent: 'not there',
};
const SCRIPT: { readonly [S in UiView['script']]: string } = {
  package: 'from the package',
  pveigpu: 'written by pveigpu',
  other: "somebody else's",
  absent: 'not there',
};

/** The view as sentences' parts, header first. */
export function uiRows({ template, script, version, current }: UiView): readonly (readonly string[])[] {
  return [
    ["PROXMOX'S PAGE", 'PANEL', 'VERSION'],
    [PAGE[template], SCRIPT[script], version === null ? '-' : current ? version : `${version} (this is another)`],
  ];
}
