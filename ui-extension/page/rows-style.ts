// SPDX-License-Identifier: AGPL-3.0-or-later
import { css } from 'lit';

/** Rows that open to show more. */
export const rowsStyle = css`
  .row {
    border-bottom: 1px solid var(--pveigpu-line);
  }
  .row:last-child {
    border-bottom: 0;
  }
  .row > summary {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
    align-items: baseline;
    padding: 6px 10px;
    list-style: none;
  }
  .row > summary::-webkit-details-marker {
    display: none;
  }
  .row > summary::before {
    content: '';
    width: 0;
    height: 0;
    border: 4px solid transparent;
    border-left-color: var(--pveigpu-muted);
  }
  .row[open] > summary::before {
    transform: rotate(90deg);
  }
  .row > summary:hover {
    background: var(--pveigpu-hover);
  }
  .row .short {
    min-width: 64px;
  }
  .row .main {
    flex: 1;
    min-width: 160px;
    overflow-wrap: anywhere;
  }
  .depth-1 > summary {
    padding-left: 28px;
  }
  .depth-2 > summary {
    padding-left: 46px;
  }
  .depth-3 > summary {
    padding-left: 64px;
  }
  .row > .in,
  .row > dl {
    margin: 0;
    padding: 4px 10px 10px 26px;
  }
  .row > dl {
    display: grid;
    grid-template-columns: 90px 1fr;
    gap: 6px 10px;
  }
  .row dt {
    color: var(--pveigpu-muted);
  }
  .row dd {
    margin: 0;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  @media (max-width: 640px) {
    .row > dl {
      grid-template-columns: 1fr;
      gap: 2px;
    }
    .row dd {
      margin-bottom: 6px;
    }
  }
`;
