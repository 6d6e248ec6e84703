// SPDX-License-Identifier: AGPL-3.0-or-later

/** The page that pveproxy makes PVE's interface from at each request (pve-manager PVE/Service/pveproxy.pm, get_index). */
export const INDEX_TEMPLATE = '/usr/share/pve-manager/index.html.tpl';
/** Our script, in the folder that pveproxy serves as `/pve2/js/` to anybody. */
export const UI_SCRIPT = '/usr/share/pve-manager/js/pveigpu.js';

/** The one line after which every class of PVE's interface is there and none was made yet (pve-manager www/index.html.tpl). */
const ANCHOR = /^([ \t]*)<script type="text\/javascript" src="\/pve2\/js\/pvemanagerlib\.js(?:\?[^"]*)?"><\/script>[ \t]*\r?$/;
/** What starts the interface must come after our line. */
const START = "Ext.create('PVE.StdWorkspace')";
const OURS = /src="\/pve2\/js\/pveigpu\.js(?:\?v=([^"]*))?"/;

/** The template as it is now. */
export interface IndexTemplate {
  readonly lines: readonly string[];
  /** Which of the lines are ours. */
  readonly ours: readonly number[];
  /** The version that our line names, null when there is none. */
  readonly version: string | null;
  /** Where our line goes after; undefined when this is no template that we know. */
  readonly anchor?: number;
}

/** Looks at the text of the template. */
export function readIndexTemplate(text: string): IndexTemplate {
  const lines = text.split('\n');
  const numbers = [...lines.keys()];
  const ours = numbers.filter((at) => OURS.test(lines[at] ?? ''));
  const anchors = numbers.filter((at) => ANCHOR.test(lines[at] ?? ''));
  const starts = numbers.filter((at) => lines[at]?.includes(START) === true);
  const [anchor = -1] = anchors;
  const isKnown = anchors.length === 1 && starts.length === 1 && anchor < (starts[0] ?? -1);
  const version = ours.length === 0 ? null : (OURS.exec(lines[ours[0] ?? 0] ?? '')?.[1] ?? '');
  return { lines, ours, version, ...(isKnown ? { anchor } : {}) };
}

/** Our line, in the indentation and with the line end of PVE's own. */
export function uiLine(anchorLine: string, version: string): string {
  const indent = ANCHOR.exec(anchorLine)?.[1] ?? '';
  const end = anchorLine.endsWith('\r') ? '\r' : '';
  return `${indent}<script type="text/javascript" src="/pve2/js/pveigpu.js?v=${version}"></script><!-- pveigpu ui remove takes this line out -->${end}`;
}

/** The template with our line and no other of ours; undefined when this is no template that we know. */
export function withUiLine(
  { lines, ours, anchor }: IndexTemplate,
  version: string,
): { readonly text: string; readonly line: string } | undefined {
  if (anchor === undefined) return undefined;
  const line = uiLine(lines[anchor] ?? '', version);
  const text = lines.flatMap((one, at) => (ours.includes(at) ? [] : at === anchor ? [one, line] : [one])).join('\n');
  return { text, line };
}

/** The template without any line of ours. */
export function withoutUiLine({ lines, ours }: IndexTemplate): string {
  return lines.filter((_line, at) => !ours.includes(at)).join('\n');
}
