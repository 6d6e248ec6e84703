// SPDX-License-Identifier: AGPL-3.0-or-later
import { css } from 'lit';

/** A window as PVE's: title bar, body that scrolls, buttons at the bottom right. */
export const dialogStyle = css`
  dialog {
    width: min(860px, calc(100vw - 24px));
    max-width: none;
    max-height: calc(100vh - 24px);
    padding: 0;
    border: 1px solid var(--pveigpu-border);
    border-radius: 3px;
    background: var(--pveigpu-bg);
    color: var(--pveigpu-text);
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: var(--pveigpu-shade);
  }
  .title {
    display: flex;
    align-items: center;
    min-height: 36px;
    padding: 4px 6px 4px 12px;
    background: var(--pveigpu-button);
    color: var(--pveigpu-button-text);
  }
  .title h1 {
    flex: 1;
    margin: 0;
    font-size: 13px;
    overflow-wrap: anywhere;
  }
  .title button {
    border: 0;
    background: none;
    color: inherit;
  }
  .title button:hover:not(:disabled) {
    background: rgba(0, 0, 0, 0.2);
  }
  .steps {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    margin: 0;
    padding: 7px 12px;
    border-bottom: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-bar);
    list-style: none;
  }
  .steps li {
    color: var(--pveigpu-muted);
  }
  .steps li[aria-current] {
    color: var(--pveigpu-text);
    font-weight: bold;
  }
  .content {
    flex: 1;
    min-height: 160px;
    padding: 12px;
    overflow: auto;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    justify-content: flex-end;
    align-items: center;
    padding: 8px 12px;
    border-top: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-bar);
  }
  .buttons .fill {
    flex: 1;
    min-width: 120px;
  }
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    margin-bottom: 8px;
    padding: 0;
    font-weight: bold;
  }
  label.choice {
    display: grid;
    grid-template-columns: 22px 1fr;
    padding: 8px;
    border: 1px solid var(--pveigpu-line);
    margin-bottom: 6px;
    cursor: pointer;
  }
  label.choice:has(:checked) {
    border-color: var(--pveigpu-accent);
    background: var(--pveigpu-info-bg);
  }
  label.choice:has(:disabled) {
    cursor: default;
  }
  label.choice input {
    align-self: start;
    width: 14px;
    height: 14px;
    margin: 2px 0 0;
  }
  label.choice ul {
    margin: 4px 0 0;
    padding-left: 18px;
  }
  .vfs {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    margin-top: 10px;
  }
  .log {
    max-height: 50vh;
    margin: 8px 0 0;
    padding: 8px;
    overflow: auto;
    border: 1px solid var(--pveigpu-line);
    background: var(--pveigpu-field);
    font: 12px/1.45 monospace;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  progress {
    width: 100%;
    height: 6px;
    accent-color: var(--pveigpu-accent);
  }
`;
