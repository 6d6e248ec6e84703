// SPDX-License-Identifier: AGPL-3.0-or-later
import { css } from 'lit';

/** How the map looks: one box a slice, its state told by colour, mark and word. */
export const sliceMapStyle = css`
  section + section {
    margin-top: 16px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    align-items: baseline;
    margin-bottom: 6px;
  }
  h3 {
    margin: 0;
    font-size: 13px;
    overflow-wrap: anywhere;
  }
  .cells {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
    gap: 6px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .cell {
    min-height: 62px;
    padding: 6px 8px;
    border: 1px solid var(--pveigpu-border);
    border-left: 5px solid var(--mark);
    border-radius: 2px;
    background: var(--back);
    cursor: pointer;
    overflow: hidden;
  }
  .cell.gpu {
    grid-column: 1 / -1;
    min-height: 0;
  }
  .cell.gpu > div {
    display: inline;
    margin-right: 10px;
  }
  .cell[aria-selected='true'] {
    border-color: var(--pveigpu-accent);
    border-left-color: var(--mark);
    box-shadow: 0 0 0 1px var(--pveigpu-accent);
  }
  .cell .title {
    font-weight: bold;
  }
  .cell .owner {
    overflow-wrap: anywhere;
  }
  .free {
    --mark: var(--pveigpu-good-mark);
    --back: var(--pveigpu-good-bg);
  }
  .running {
    --mark: var(--pveigpu-info-mark);
    --back: var(--pveigpu-info-bg);
  }
  .assigned {
    --mark: var(--pveigpu-warning-mark);
    --back: var(--pveigpu-warning-bg);
  }
  .host {
    --mark: var(--pveigpu-none-mark);
    --back: var(--pveigpu-none-bg);
  }
  .leaving,
  .foreign {
    --mark: var(--pveigpu-critical-mark);
    --back: var(--pveigpu-critical-bg);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    margin: 10px 0 0;
    padding: 0;
    list-style: none;
  }
  .legend li::before {
    content: '';
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-right: 5px;
    background: var(--mark);
  }
  .details {
    margin-top: 8px;
    padding: 6px 8px;
    min-height: 34px;
    border: 1px solid var(--pveigpu-line);
    background: var(--pveigpu-bar);
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 2px 12px;
    margin: 0;
  }
  dt {
    color: var(--pveigpu-muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  p {
    margin: 6px 0 0;
  }
`;
