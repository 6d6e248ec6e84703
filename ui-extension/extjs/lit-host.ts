// SPDX-License-Identifier: AGPL-3.0-or-later

/** A component of ExtJS that holds one of our elements; ExtJS lays itself out anew when the element grows. */
export function litHost(element: HTMLElement, more: ExtConfig = {}): ExtConfig {
  let sizes: ResizeObserver | undefined;
  return {
    xtype: 'component',
    listeners: {
      afterrender: (host: ExtComponent) => {
        host.getEl().dom.append(element);
        let height = element.offsetHeight;
        sizes = new ResizeObserver(() => {
          if (element.offsetHeight === height || host.destroyed) return;
          height = element.offsetHeight;
          host.updateLayout();
        });
        sizes.observe(element);
      },
      destroy: () => sizes?.disconnect(),
    },
    ...more,
  };
}
