// SPDX-License-Identifier: AGPL-3.0-or-later
import { css } from 'lit';

/** What all parts have in common: PVE's font, no surprises from the page around them. */
export const baseStyle = css`
  :host {
    display: block;
    box-sizing: border-box;
    font: 13px/1.4 helvetica, arial, verdana, sans-serif;
    color: var(--pveigpu-text, #1f1f1f);
    color-scheme: var(--pveigpu-scheme, light);
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--pveigpu-accent, #1a6dad);
    outline-offset: 1px;
  }
  .mono,
  pre,
  code {
    font: 12px/1.45 monospace;
  }
  .muted {
    color: var(--pveigpu-muted, #5e5e5e);
  }
`;
