// SPDX-License-Identifier: AGPL-3.0-or-later
import { rigSuite } from './test/rig/suite.ts';

/** Host set-up: whole stories with real reboots. */
export default rigSuite('setup-cases');
