// SPDX-License-Identifier: AGPL-3.0-or-later
import { css } from 'lit';

/** How a plan looks: notices on top, then numbered steps with coloured diffs. */
export const planDiffStyle = css`
  h3 {
    margin: 0 0 6px;
    font-size: 13px;
  }
  .notice {
    margin: 0 0 8px;
    padding: 6px 10px;
    border-left: 4px solid var(--mark);
    background: var(--back);
  }
  .notice p {
    margin: 2px 0 0;
  }
  .critical {
    --mark: var(--pveigpu-critical-mark);
    --back: var(--pveigpu-critical-bg);
  }
  .warning {
    --mark: var(--pveigpu-warning-mark);
    --back: var(--pveigpu-warning-bg);
  }
  .info {
    --mark: var(--pveigpu-info-mark);
    --back: var(--pveigpu-info-bg);
  }
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: 2.2em 1fr;
    padding: 8px 0;
    border-top: 1px solid var(--pveigpu-line);
  }
  li > div {
    min-width: 0;
  }
  .number {
    color: var(--pveigpu-muted);
  }
  .title {
    font-weight: bold;
  }
  .subject {
    overflow-wrap: anywhere;
  }
  pre {
    margin: 6px 0 0;
    padding: 6px 0;
    overflow-x: auto;
    border: 1px solid var(--pveigpu-line);
    background: var(--pveigpu-field);
  }
  pre span {
    display: block;
    width: max-content;
    min-width: 100%;
    padding: 0 8px;
    white-space: pre;
  }
  .added {
    color: var(--pveigpu-added);
    background: var(--pveigpu-good-bg);
  }
  .removed {
    color: var(--pveigpu-removed);
    background: var(--pveigpu-critical-bg);
  }
  .place {
    color: var(--pveigpu-place);
  }
  details {
    margin-top: 4px;
  }
  summary {
    width: max-content;
    cursor: pointer;
    color: var(--pveigpu-accent);
  }
  details code {
    display: block;
    padding: 4px 8px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .next {
    margin-top: 12px;
  }
`;
