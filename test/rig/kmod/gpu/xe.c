// SPDX-License-Identifier: GPL-2.0-only
/* xe, with SR-IOV where rig_sriov says so. */
#define RIG_NAME "xe"
#define RIG_I915 0
#define RIG_SRIOV 1
#include "gpu.h"

module_pci_driver(rig_driver);
