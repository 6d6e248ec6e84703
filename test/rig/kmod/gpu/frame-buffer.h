/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frame buffer of a GPU with a display, so that the kernel's console really is on it (drivers/video/fbdev/core). It is memory that nobody
 * looks at: a console draws into it by the helpers of the kernel.
 */
#include <linux/fb.h>
#include <linux/vmalloc.h>

static bool rig_fb;
module_param(rig_fb, bool, 0600);
MODULE_PARM_DESC(rig_fb, "a display is connected: the PF has a frame buffer");

#define RIG_FB_WIDTH 640
#define RIG_FB_HEIGHT 400
#define RIG_FB_SIZE (RIG_FB_WIDTH * RIG_FB_HEIGHT * 4)

static int rig_fb_setcolreg(unsigned int index, unsigned int red, unsigned int green, unsigned int blue, unsigned int transp,
			    struct fb_info *info)
{
	if (index < 16)
		((u32 *)info->pseudo_palette)[index] = (red >> 8) << 16 | (green >> 8) << 8 | blue >> 8;
	return 0;
}

/* The last one who has it open is gone. */
static void rig_fb_destroy(struct fb_info *info)
{
	vfree(info->screen_buffer);
	framebuffer_release(info);
}

static const struct fb_ops rig_fb_ops = {
	.owner = THIS_MODULE,
	__FB_DEFAULT_SYSMEM_OPS_RDWR,
	__FB_DEFAULT_SYSMEM_OPS_DRAW,
	.fb_destroy = rig_fb_destroy,
	.fb_setcolreg = rig_fb_setcolreg,
};

/* Null when there is no display, or no memory for it: a driver goes on without a console. */
static struct fb_info *rig_fb_add(struct pci_dev *pdev)
{
	struct fb_info *info = rig_fb ? framebuffer_alloc(16 * sizeof(u32), &pdev->dev) : NULL;

	if (!info)
		return NULL;
	info->screen_buffer = vzalloc(RIG_FB_SIZE);
	if (!info->screen_buffer)
		goto no_memory;
	info->pseudo_palette = info->par;
	info->fbops = &rig_fb_ops;
	info->screen_size = RIG_FB_SIZE;
	info->fix = (struct fb_fix_screeninfo){ .id = RIG_NAME "drmfb", .type = FB_TYPE_PACKED_PIXELS, .visual = FB_VISUAL_TRUECOLOR,
						.line_length = RIG_FB_WIDTH * 4, .smem_len = RIG_FB_SIZE };
	info->var = (struct fb_var_screeninfo){ .xres = RIG_FB_WIDTH, .yres = RIG_FB_HEIGHT, .xres_virtual = RIG_FB_WIDTH,
						.yres_virtual = RIG_FB_HEIGHT, .bits_per_pixel = 32, .red = { 16, 8, 0 },
						.green = { 8, 8, 0 }, .blue = { 0, 8, 0 } };
	if (!register_framebuffer(info))
		return info;
	vfree(info->screen_buffer);
no_memory:
	framebuffer_release(info);
	return NULL;
}

static void rig_fb_remove(struct fb_info *info)
{
	if (info)
		unregister_framebuffer(info);
}
