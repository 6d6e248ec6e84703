// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Plan, Remark, Step } from '../plan/action.ts';
import { imageText, textToBase64 } from '../plan/file-image.ts';
import type { Ledger } from '../plan/ledger.ts';
import { ok, problem, type Result } from '../problem.ts';
import { INDEX_TEMPLATE, readIndexTemplate, UI_SCRIPT, withoutUiLine, withUiLine } from './index-template.ts';

/** Both files as they are, and what is ours of them. */
export interface UiGround {
  readonly template: FileImage;
  readonly script: FileImage;
  readonly ledger: Ledger;
  /** Whether a Debian package of ours brought the script. */
  readonly isPackaged: boolean;
}

/** The script that this version brings. */
export interface UiSource {
  readonly text: string;
  /** Goes into the address, so that browsers ask for it anew: letters, digits, `.` and `-`. */
  readonly version: string;
}

const FILE_MODE = 0o644;
const INSTALL = 'show the panel in the web interface of Proxmox VE';
const REMOVE = 'take the panel out of the web interface of Proxmox VE';

/** Plans the one line in PVE's page, and our script where no package brought it. Without PVE's page there is nothing to do, which is said. */
export function planUiInstall({ template, script, ledger, isPackaged }: UiGround, source: UiSource): Result<Plan> {
  if (template.kind === 'absent') return ok(nothing(INSTALL));
  const text = imageText(template);
  const changed = isWhole(template, text) ? withUiLine(readIndexTemplate(text), source.version) : undefined;
  if (changed === undefined)
    return problem('format.unreadable', `${INDEX_TEMPLATE} is not as pveigpu knows it, so it was left alone.`, {
      hint: 'The command works without the panel. Please report the version of pve-manager.',
      where: INDEX_TEMPLATE,
    });
  const steps: Step[] = [];
  const base64 = textToBase64(source.text);
  const isOthers = script.kind === 'file' && !isPackaged && !Object.hasOwn(ledger.files, UI_SCRIPT) && script.base64 !== base64;
  // first the script, so that the line never names a file that is not there
  if (!isPackaged && (script.kind === 'absent' || script.base64 !== base64))
    steps.push({
      action: 'writeFile',
      args: { path: UI_SCRIPT, base64, mode: FILE_MODE, before: script },
      reason: 'the panel itself',
    });
  const line = textToBase64(changed.text);
  if (line !== template.base64)
    steps.push({
      action: 'editFile',
      args: {
        ...{ path: INDEX_TEMPLATE, base64: line, mode: template.mode, before: template },
        edit: { kind: 'lines', added: [changed.line.replace(/\r$/, '')], removed: notedLines(ledger) },
      },
      reason: 'loads the panel',
    });
  return ok({ title: INSTALL, steps, remarks: isOthers ? [OTHERS] : [] });
}

/** Plans taking the line out again, and the script where we wrote it. */
export function planUiRemove({ template, script, ledger, isPackaged }: UiGround): Plan {
  const steps: Step[] = [];
  if (template.kind === 'file') {
    const text = imageText(template);
    const page = readIndexTemplate(text);
    if (page.ours.length > 0 && isWhole(template, text))
      steps.push({
        action: 'editFile',
        args: {
          ...{ path: INDEX_TEMPLATE, base64: textToBase64(withoutUiLine(page)), mode: template.mode, before: template },
          edit: { kind: 'lines', added: [], removed: notedLines(ledger) },
          release: true,
        },
        reason: "PVE's page is as it was",
      });
  }
  const noted = Object.hasOwn(ledger.files, UI_SCRIPT) ? ledger.files[UI_SCRIPT] : undefined;
  if (script.kind === 'file' && noted !== undefined && !isPackaged)
    steps.push(
      noted.pristine.kind === 'file'
        ? {
            action: 'writeFile',
            args: { path: UI_SCRIPT, base64: noted.pristine.base64, mode: noted.pristine.mode, before: script, release: true },
            reason: 'as it was before',
          }
        : { action: 'removeFile', args: { path: UI_SCRIPT, before: script, release: true }, reason: 'is not needed any more' },
    );
  return { title: REMOVE, steps, remarks: isPackaged && steps.length > 0 ? [COMES_BACK] : [] };
}

/** What `ui install` plans where `pveigpu.conf` says that the panel is not shown. */
export const UI_NOT_WANTED: Plan = {
  title: INSTALL,
  steps: [],
  remarks: [
    { level: 'note', id: 'ui.not-wanted', text: 'pveigpu.conf says show = no below [panel], so the panel is not shown.' },
  ],
};

const COMES_BACK: Remark = {
  level: 'note',
  id: 'ui.comes-back',
  text: 'The next upgrade of pveigpu or pve-manager shows it again.',
  hint: 'Against that, put show = no below [panel] in /etc/pveigpu/pveigpu.conf.',
};

/** Whether the text has every byte of the page; what is no UTF-8, or has a byte order mark, would be written back as something else. */
function isWhole(template: FileImage, text: string): boolean {
  return template.kind === 'file' && textToBase64(text) === template.base64;
}

/** Lines of ours that the ledger knows: with the next edit they are not ours any more. */
function notedLines({ files }: Ledger): readonly string[] {
  const noted = Object.hasOwn(files, INDEX_TEMPLATE) ? files[INDEX_TEMPLATE] : undefined;
  return (noted?.edits ?? []).flatMap((edit) => (edit.kind === 'lines' ? edit.added : []));
}

function nothing(title: string): Plan {
  const text = `There is no ${INDEX_TEMPLATE}, so there is no web interface of Proxmox VE to show the panel in.`;
  return { title, steps: [], remarks: [{ level: 'note', id: 'ui.no-template', text }] };
}

const OTHERS: Remark = {
  level: 'blocker',
  id: 'ui.other-script',
  text: `${UI_SCRIPT} is there and not from this pveigpu.`,
  hint: 'Look at it; --force replaces it, and pveigpu ui remove puts it back.',
  overridable: true,
  code: 'plan.drift',
};
