// SPDX-License-Identifier: AGPL-3.0-or-later
import { rigSuite } from './test/rig/suite.ts';

/** The kernel's side: VFs, drivers, mediated devices, the hook, boots. */
export default rigSuite('cases');
