/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stand-in for a graphics driver of the host: same module and driver name, same parameters, same SR-IOV interface towards
 * PCI core, DRM nodes. It is no GPU: nothing renders, there is no GuC. Included once per driver; the includer defines
 *   RIG_NAME    name of the driver
 *   RIG_SRIOV   1 when the driver has a sriov_configure callback, 0 for the kernel's own i915
 *   RIG_I915    1 for the rules of i915, 0 for those of xe
 * What a real driver knows of an id comes as a parameter: rig_sriov (the descriptor's flag), rig_force (it needs
 * force_probe), rig_gvtg (GVT-g knows the platform).
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include "frame-buffer.h"

#if RIG_I915
static int enable_guc = -1;
module_param(enable_guc, int, 0400);
static bool enable_gvt;
module_param(enable_gvt, bool, 0400);
#if RIG_SRIOV
static uint max_vfs;
module_param(max_vfs, uint, 0400);
#endif
#else
static uint max_vfs = ~0;
module_param(max_vfs, uint, 0400);
#endif
static char *force_probe = "";
module_param(force_probe, charp, 0400);

static bool rig_sriov = true;
module_param(rig_sriov, bool, 0600);
MODULE_PARM_DESC(rig_sriov, "the descriptors carry has_sriov");
static bool rig_force;
module_param(rig_force, bool, 0600);
MODULE_PARM_DESC(rig_force, "the ids need force_probe");
static int rig_fail;
module_param(rig_fail, int, 0600);
MODULE_PARM_DESC(rig_fail, "errno of the next attempts to enable VFs");
static uint rig_partial;
module_param(rig_partial, uint, 0600);
MODULE_PARM_DESC(rig_partial, "enable at most this many VFs and call it success");
static uint rig_delay_ms;
module_param(rig_delay_ms, uint, 0600);
MODULE_PARM_DESC(rig_delay_ms, "time that enabling VFs takes");
static uint rig_probe_ms;
module_param(rig_probe_ms, uint, 0600);
MODULE_PARM_DESC(rig_probe_ms, "time that probing the PF takes");

struct rig_gpu {
	struct drm_device drm;
	struct fb_info *fb;
	bool pf;
};

DEFINE_DRM_GEM_FOPS(rig_fops);

static const struct drm_driver rig_drm = {
	.driver_features = DRIVER_RENDER | DRIVER_GEM,
	.fops = &rig_fops,
	.name = RIG_NAME,
	.desc = "Intel Graphics",
	.date = "20201103",
	.major = 1,
	.minor = 6,
};

#if RIG_I915
static void rig_gvt_add(struct pci_dev *pdev);
static void rig_gvt_remove(struct pci_dev *pdev);
#else
static inline void rig_gvt_add(struct pci_dev *pdev) {}
static inline void rig_gvt_remove(struct pci_dev *pdev) {}
#endif

/* How force_probe=46d1,!7d67,* speaks of an id: 1 forced, -1 blocked, 0 not at all. */
static int rig_forced(u16 id)
{
	char *copy = kstrdup(force_probe, GFP_KERNEL), *list = copy, *word;
	int answer = 0;

	while (list && (word = strsep(&list, ","))) {
		bool no = *word == '!';
		u16 value;

		word += no;
		if (!strcmp(word, "*") || (!kstrtou16(word, 16, &value) && value == id))
			answer = no ? -1 : 1;
	}
	kfree(copy);
	return answer;
}

static bool rig_start_pf(struct pci_dev *pdev)
{
	bool wanted = rig_sriov;
	uint limit = 0;

	if (!pdev->is_physfn)
		return false;
#if RIG_I915
	/* An id without the flag is driven natively, and the number of the hardware stays. */
	if (!RIG_SRIOV || !wanted)
		return false;
#if RIG_SRIOV
	if (enable_guc < 0 || enable_guc & 1)
		limit = min_t(uint, max_vfs, pci_sriov_get_totalvfs(pdev));
#endif
#else
	if (!wanted)
		dev_info(&pdev->dev, "[drm] Support for SR-IOV is not available\n");
	else
		limit = min_t(uint, max_vfs, pci_sriov_get_totalvfs(pdev));
	if (wanted && !limit)
		dev_info(&pdev->dev, "[drm] PF: all VFs disabled\n");
#endif
	pci_sriov_set_totalvfs(pdev, limit);
	if (limit)
		dev_info(&pdev->dev, RIG_I915 ? "Running in SR-IOV PF mode\n" : "[drm] Running in SR-IOV PF mode\n");
	return limit > 0;
}

static int rig_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int rc, forced = rig_forced(pdev->device);
	struct rig_gpu *gpu;

	if (forced < 0) {
		dev_info(&pdev->dev, RIG_I915 ? "I915 probe blocked for Device ID %04x.\n" : "Probe blocked for device [8086:%04x]\n",
			 pdev->device);
		return -ENODEV;
	}
	if (rig_force && !forced) {
		dev_info(&pdev->dev, "Your graphics device %04x is not officially supported\n", pdev->device);
		return -ENODEV;
	}
	if (pdev->is_virtfn && !(RIG_SRIOV && rig_sriov))
		return -ENODEV;
	if (!pdev->is_virtfn && rig_probe_ms)
		msleep(rig_probe_ms);
	rc = pci_enable_device(pdev);
	if (rc)
		return rc;
	gpu = devm_drm_dev_alloc(&pdev->dev, &rig_drm, struct rig_gpu, drm);
	if (IS_ERR(gpu)) {
		pci_disable_device(pdev);
		return PTR_ERR(gpu);
	}
	pci_set_drvdata(pdev, gpu);
	if (pdev->is_virtfn)
		dev_info(&pdev->dev, RIG_I915 ? "Running in SR-IOV VF mode\n" : "[drm] Running in SR-IOV VF mode\n");
	else
		gpu->pf = rig_start_pf(pdev);
	rc = drm_dev_register(&gpu->drm, 0);
	if (rc) {
		pci_disable_device(pdev);
		return rc;
	}
	if (!pdev->is_virtfn) {
		gpu->fb = rig_fb_add(pdev);
		rig_gvt_add(pdev);
	}
	return 0;
}

static void rig_remove(struct pci_dev *pdev)
{
	struct rig_gpu *gpu = pci_get_drvdata(pdev);

	if (!pdev->is_virtfn)
		rig_gvt_remove(pdev);
	if (RIG_SRIOV && gpu->pf && pci_num_vf(pdev))
		pci_disable_sriov(pdev);
	rig_fb_remove(gpu->fb);
	drm_dev_unplug(&gpu->drm);
	pci_disable_device(pdev);
}

#if RIG_SRIOV
static int rig_configure(struct pci_dev *pdev, int count)
{
	struct rig_gpu *gpu = pci_get_drvdata(pdev);
	int rc, had = pci_num_vf(pdev);

	if (!gpu->pf)
		return -ENODEV;
	if (rig_delay_ms)
		msleep(rig_delay_ms);
	if (!count) {
		pci_disable_sriov(pdev);
		dev_info(&pdev->dev, RIG_I915 ? "Disabled %d VFs\n" : "[drm] PF: Disabled %d VFs\n", had);
		return 0;
	}
	if (rig_fail) {
		dev_err(&pdev->dev, "[drm] *ERROR* Failed to enable %d VFs (%pe)\n", count, ERR_PTR(-rig_fail));
		return -rig_fail;
	}
	if (rig_partial && count > rig_partial)
		count = rig_partial;
	rc = pci_enable_sriov(pdev, count);
	if (rc)
		return rc;
	if (RIG_I915)
		dev_info(&pdev->dev, "Enabled %d VFs\n", count);
	else
		dev_info(&pdev->dev, "[drm] PF: Enabled %d of %d VFs\n", count, pci_sriov_get_totalvfs(pdev));
	return count;
}
#endif

/* By display class, as the tables of i915 and xe ask for it besides the id. */
static const struct pci_device_id rig_ids[] = {
	{ PCI_VDEVICE(INTEL, PCI_ANY_ID), .class = PCI_BASE_CLASS_DISPLAY << 16, .class_mask = 0xff0000 },
	{}
};
MODULE_DEVICE_TABLE(pci, rig_ids);

static struct pci_driver rig_driver = {
	.name = RIG_NAME,
	.id_table = rig_ids,
	.probe = rig_probe,
	.remove = rig_remove,
#if RIG_SRIOV
	.sriov_configure = rig_configure,
#endif
};

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Intel Graphics (pveigpu test rig)");
