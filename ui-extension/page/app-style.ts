// SPDX-License-Identifier: AGPL-3.0-or-later
import { css } from 'lit';

/** Head, navigation at the left, content; on a narrow screen the navigation is a row above. */
export const appStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100vh;
    height: 100dvh;
    background: var(--pveigpu-bg);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
    align-items: center;
    padding: 5px 10px;
    border-bottom: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-bar);
  }
  .head h1 {
    margin: 0;
    font-size: 16px;
  }
  .demo {
    padding: 4px 10px;
    background: var(--pveigpu-info-bg);
  }
  .head .fill {
    flex: 1;
  }
  .head label {
    display: inline-flex;
    gap: 5px;
    align-items: center;
  }
  .skip {
    position: absolute;
    left: -999px;
  }
  .skip:focus {
    z-index: 1;
    left: 8px;
    top: 6px;
  }
  .main {
    display: flex;
    flex: 1;
    min-height: 0;
  }
  nav {
    width: 170px;
    flex: none;
    overflow: auto;
    border-right: 1px solid var(--pveigpu-border);
    background: var(--pveigpu-bar);
  }
  nav a {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 7px 12px;
    border-left: 3px solid transparent;
    color: var(--pveigpu-text);
    text-decoration: none;
  }
  nav a:hover {
    background: var(--pveigpu-hover);
  }
  nav a[aria-current] {
    border-left-color: var(--pveigpu-accent);
    background: var(--pveigpu-selected);
  }
  main {
    flex: 1;
    min-width: 0;
    overflow: auto;
  }
  @media (max-width: 640px) {
    .main {
      flex-direction: column;
    }
    nav {
      display: flex;
      width: auto;
      border-right: 0;
      border-bottom: 1px solid var(--pveigpu-border);
    }
    nav a {
      flex-direction: column;
      gap: 2px;
      flex: 1;
      padding: 8px 5px 6px;
      font-size: 11px;
      border-left: 0;
      border-bottom: 3px solid transparent;
      white-space: nowrap;
    }
    nav a[aria-current] {
      border-bottom-color: var(--pveigpu-accent);
    }
    .head .long {
      display: none;
    }
  }
`;
