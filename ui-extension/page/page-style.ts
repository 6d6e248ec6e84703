// SPDX-License-Identifier: AGPL-3.0-or-later
import { css } from 'lit';

/** Buttons, toolbars, tables and notices as PVE has them: dense, flat, buttons on the left. */
export const pageStyle = css`
  .icon {
    width: 14px;
    height: 14px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    vertical-align: -2px;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-height: 26px;
    padding: 3px 10px;
    border: 1px solid var(--pveigpu-border);
    border-radius: 3px;
    background: var(--pveigpu-neutral);
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--pveigpu-hover);
  }
  button.primary {
    border-color: var(--pveigpu-button);
    background: var(--pveigpu-button);
    color: var(--pveigpu-button-text);
  }
  button.primary:hover:not(:disabled) {
    filter: brightness(1.1);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  select,
  input[type='number'] {
    min-height: 26px;
    padding: 2px 6px;
    border: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-field);
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    align-items: center;
    min-height: 39px;
    padding: 6px 8px;
    border-bottom: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-bar);
  }
  .toolbar .fill {
    flex: 1;
  }
  .body {
    padding: 10px;
  }
  .panel {
    margin: 0 0 12px;
    border: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-bg);
  }
  .panel > h2 {
    margin: 0;
    padding: 7px 10px;
    border-bottom: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-bar);
    font-size: 13px;
    font-weight: bold;
  }
  .panel > .in {
    padding: 10px;
  }
  .panel > .toolbar {
    background: var(--pveigpu-bg);
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 5px 10px;
    border-bottom: 1px solid var(--pveigpu-line);
    text-align: left;
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  td {
    min-width: 74px;
  }
  a {
    color: var(--pveigpu-accent);
  }
  th {
    background: var(--pveigpu-bar);
    font-weight: normal;
    white-space: nowrap;
  }
  tbody tr:hover {
    background: var(--pveigpu-hover);
  }
  tr:last-child td {
    border-bottom: 0;
  }
  .nowrap {
    white-space: nowrap;
  }
  .tag {
    display: inline-block;
    margin: 0 4px 0 0;
    padding: 0 5px;
    border: 1px solid var(--pveigpu-border);
    border-radius: 3px;
    background: var(--pveigpu-info-bg);
    white-space: nowrap;
  }
  .tone.good,
  .tone-text.good {
    color: var(--pveigpu-good);
  }
  .tone.warning {
    color: var(--pveigpu-warning);
  }
  .tone.critical,
  .tone-text.critical {
    color: var(--pveigpu-critical);
  }
  .tone.info {
    color: var(--pveigpu-info);
  }
  .tone.none {
    color: var(--pveigpu-muted);
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    align-items: center;
    margin: 0 0 10px;
    padding: 8px 10px;
    border-left: 4px solid var(--mark);
    background: var(--back);
  }
  .notice > div {
    flex: 1;
    min-width: 200px;
    overflow-wrap: anywhere;
  }
  .notice p {
    margin: 2px 0 0;
  }
  .notice.good {
    --mark: var(--pveigpu-good-mark);
    --back: var(--pveigpu-good-bg);
  }
  .notice.warning {
    --mark: var(--pveigpu-warning-mark);
    --back: var(--pveigpu-warning-bg);
  }
  .notice.critical {
    --mark: var(--pveigpu-critical-mark);
    --back: var(--pveigpu-critical-bg);
  }
  .notice.info {
    --mark: var(--pveigpu-info-mark);
    --back: var(--pveigpu-info-bg);
  }
  .notice.none {
    --mark: var(--pveigpu-none-mark);
    --back: var(--pveigpu-none-bg);
  }
  ul.plain {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  details > summary {
    cursor: pointer;
  }
  code.block {
    display: block;
    padding: 4px 8px;
    border: 1px solid var(--pveigpu-line);
    background: var(--pveigpu-field);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .panel .empty {
    margin: 0;
    padding: 12px 10px;
  }
  .empty {
    padding: 32px 10px;
    text-align: center;
    color: var(--pveigpu-muted);
  }
  @media (max-width: 640px) {
    .body {
      padding: 8px;
    }
    button {
      min-height: 34px;
    }
    table.cards thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    table.cards,
    table.cards tbody,
    table.cards tr,
    table.cards td {
      display: block;
    }
    table.cards tr {
      padding: 4px 0;
      border-bottom: 1px solid var(--pveigpu-border);
    }
    table.cards td {
      display: grid;
      grid-template-columns: 110px 1fr;
      padding: 2px 10px;
      border: 0;
    }
    table.cards td::before {
      content: attr(data-label);
      color: var(--pveigpu-muted);
    }
    table.cards td:empty {
      display: none;
    }
  }
`;
