// SPDX-License-Identifier: AGPL-3.0-or-later

/** What ExtJS and PVE have no class for, and that the reason why a mode is not possible stays readable. Colours of text come from the theme, so that both themes fit. */
const CSS = `
.pveigpu-below { font-size: 12px; line-height: 1.4; white-space: normal; }
.pveigpu-hint { padding: 6px 10px; border-bottom: 1px solid rgba(128, 128, 128, 0.35); }
.pveigpu-notice { line-height: 1.5; }
.pveigpu-notice .pveigpu-below { margin-left: 22px; }
.pveigpu-card .x-grid-empty, .pveigpu-window .x-grid-empty { color: var(--pveigpu-muted); }
.pveigpu-card .x-grid-cell-inner, .pveigpu-window .x-grid-cell-inner { overflow-wrap: anywhere; }
.pveigpu-wizard .x-form-cb-label { white-space: normal; }
.pveigpu-wizard .x-item-disabled, .pveigpu-wizard .x-item-disabled .x-form-cb-label { opacity: 1 !important; }
.pveigpu-wizard .x-item-disabled .x-form-cb-input, .pveigpu-wizard .x-item-disabled b { opacity: 0.5; }
`;

/** Gives PVE's page the few rules of ours, once. */
export function addStyle(document: Document): void {
  const style = document.createElement('style');
  style.textContent = CSS;
  document.head.append(style);
}
