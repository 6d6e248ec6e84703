// SPDX-License-Identifier: AGPL-3.0-or-later

/** Style sheets that the build takes in as text. */
declare module '*.css' {
  const text: string;
  export default text;
}
