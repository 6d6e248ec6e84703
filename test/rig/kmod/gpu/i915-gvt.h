/* SPDX-License-Identifier: GPL-2.0-only */
/* The side of i915 that kvmgt talks to: it may be loaded before or after the first device (kernel i915/intel_gvt.c). */
static bool rig_gvtg = true;
module_param(rig_gvtg, bool, 0600);
MODULE_PARM_DESC(rig_gvtg, "GVT-g knows the platform");

static DEFINE_MUTEX(rig_gvt_mutex);
static const struct rig_gvt_ops *rig_gvt_ops;
static struct pci_dev *rig_gvt_devices[4];
static bool rig_gvt_running[4];

static void rig_gvt_start(int n)
{
	struct pci_dev *pdev = rig_gvt_devices[n];

	if (!enable_gvt)
		return;
	if (!rig_gvtg) {
		dev_info(&pdev->dev, "[drm] Unsupported device. GVT-g is disabled\n");
		return;
	}
	if (enable_guc > 0 && enable_guc & 1) {
		dev_err(&pdev->dev, "[drm] *ERROR* Graphics virtualization is not yet supported with GuC submission\n");
		return;
	}
	rig_gvt_running[n] = !rig_gvt_ops->init_device(pdev);
}

static void rig_gvt_stop(int n)
{
	if (rig_gvt_running[n])
		rig_gvt_ops->clean_device(rig_gvt_devices[n]);
	rig_gvt_running[n] = false;
}

static void rig_gvt_add(struct pci_dev *pdev)
{
	int n;

	mutex_lock(&rig_gvt_mutex);
	for (n = 0; n < ARRAY_SIZE(rig_gvt_devices); n++) {
		if (rig_gvt_devices[n])
			continue;
		rig_gvt_devices[n] = pdev;
		if (rig_gvt_ops)
			rig_gvt_start(n);
		break;
	}
	mutex_unlock(&rig_gvt_mutex);
}

static void rig_gvt_remove(struct pci_dev *pdev)
{
	int n;

	mutex_lock(&rig_gvt_mutex);
	for (n = 0; n < ARRAY_SIZE(rig_gvt_devices); n++) {
		if (rig_gvt_devices[n] != pdev)
			continue;
		rig_gvt_stop(n);
		rig_gvt_devices[n] = NULL;
	}
	mutex_unlock(&rig_gvt_mutex);
}

int rig_gvt_set_ops(const struct rig_gvt_ops *ops)
{
	int n;

	mutex_lock(&rig_gvt_mutex);
	rig_gvt_ops = ops;
	for (n = 0; n < ARRAY_SIZE(rig_gvt_devices); n++)
		if (rig_gvt_devices[n])
			rig_gvt_start(n);
	mutex_unlock(&rig_gvt_mutex);
	return 0;
}
EXPORT_SYMBOL_GPL(rig_gvt_set_ops);

void rig_gvt_clear_ops(void)
{
	int n;

	mutex_lock(&rig_gvt_mutex);
	for (n = 0; n < ARRAY_SIZE(rig_gvt_devices); n++)
		rig_gvt_stop(n);
	rig_gvt_ops = NULL;
	mutex_unlock(&rig_gvt_mutex);
}
EXPORT_SYMBOL_GPL(rig_gvt_clear_ops);
