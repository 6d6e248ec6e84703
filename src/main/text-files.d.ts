// SPDX-License-Identifier: AGPL-3.0-or-later

/** The build takes these files in as text. */
declare module '*.pl' {
  const text: string;
  export default text;
}

declare module '*.md' {
  const text: string;
  export default text;
}
