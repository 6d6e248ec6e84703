// SPDX-License-Identifier: AGPL-3.0-or-later
import { guarded } from './guarded.ts';

/**
 * Defines a panel by its xtype. `build` gives the configuration of one instance. `callParent` of ExtJS looks at the calling function, which strict code
 * does not allow, so the method of the class above is called by name. When `build` fails, the card says so and PVE goes on.
 */
export function definePanel(xtype: string, build: (panel: ExtComponent) => ExtConfig): void {
  Ext.define(`PVE.${xtype}`, {
    extend: 'Ext.panel.Panel',
    alias: `widget.${xtype}`,
    initComponent(this: ExtComponent): void {
      const broken = { bodyPadding: 10, html: 'pveigpu could not show this tab; the console of the browser says why.' };
      Ext.apply(this, guarded(xtype, () => build(this)) ?? broken);
      const base = () => {
        Ext.panel.Panel.prototype.initComponent.call(this);
        return true;
      };
      if (guarded(xtype, base) === undefined) {
        Ext.apply(this, { items: null, dockedItems: null, tbar: null, layout: 'auto', ...broken });
        base();
      }
    },
  });
}
