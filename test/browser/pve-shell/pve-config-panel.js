// SPDX-License-Identifier: AGPL-3.0-or-later
// Stand-in for PVE.panel.Config (pve-manager, www/manager6/panel/ConfigPanel.js): a tree list on the left, one card at a time on the right.
// A card is made from its saved configuration when it is chosen, and destroyed when another one is.

Ext.define('PVE.panel.Config', {
  extend: 'Ext.panel.Panel',
  alias: 'widget.pvePanelConfig',

  layout: 'card',
  border: 0,
  firstItem: '',

  activateCard(id) {
    const config = this.savedItems[id];
    if (!config) return;
    const old = this.getLayout().getActiveItem();
    const card = this.add(config);
    this.helpButton.setOnlineHelp(card.onlineHelp || this.onlineHelp);
    if (!old) return;
    this.setActiveItem(id);
    this.remove(old, true);
    if (this.hstateid) this.sp.set(this.hstateid, { value: id === this.firstItem ? '' : id });
  },

  selectById(id) {
    const node = this.store.getRoot().findChild('id', id, true);
    if (node) this.down('#menu').setSelection(node);
    return node ? id : '';
  },

  initComponent() {
    this.sp = Ext.state.Manager.getProvider();
    const saved = this.hstateid ? this.sp.get(this.hstateid) : undefined;
    const title = this.title || this.pveSelNode.data.text;
    this.title = undefined;
    this.helpButton = Ext.create('Proxmox.button.Help', {});
    this.dockedItems = [
      {
        ...{
          xtype: 'toolbar',
          dock: 'left',
          overflowHandler: 'scroller',
          cls: 'pve-toolbar-bg',
          style: { padding: 0, margin: 0 },
        },
        items: {
          ...{ xtype: 'treelist', itemId: 'menu', ui: 'pve-nav', expanderOnly: true, expanderFirst: false, animation: false },
          singleExpand: false,
          listeners: {
            selectionchange(list, selection) {
              if (!selection) return;
              const view = list.up('panel');
              view.suspendLayout = true;
              view.activateCard(selection.data.id);
              view.suspendLayout = false;
              view.updateLayout();
            },
          },
        },
      },
      {
        ...{ xtype: 'toolbar', itemId: 'toolbar', dock: 'top', height: 36, overflowHandler: 'scroller' },
        items: [{ xtype: 'tbtext', text: title, baseCls: 'x-panel-header-text' }, '->', ...(this.tbar || []), this.helpButton],
      },
    ];
    this.tbar = undefined;
    this.items = this.items || [];
    this.savedItems = {};
    this.firstItem = this.items[0]?.itemId ?? '';
    this.store = Ext.create('Ext.data.TreeStore', { root: { expanded: true } });
    this.insertNodes(this.items);
    delete this.items;
    this.defaults = Ext.apply({}, { pveSelNode: this.pveSelNode, workspace: this.workspace, border: 0 }, this.defaults);
    Ext.panel.Panel.prototype.initComponent.call(this);

    const root = this.store.getRoot();
    const menu = this.down('#menu');
    const selection = root.findChild('id', saved?.value, true) || root.firstChild;
    for (let node = selection; node !== root; node = node.parentNode) node.expand();
    menu.setStore(this.store);
    menu.setSelection(selection);
  },

  insertNodes(items) {
    const root = this.store.getRoot();
    for (const item of items) {
      const { itemId, title, iconCls, expandedOnInit } = item;
      item.header = false;
      if (this.savedItems[itemId] !== undefined) throw 'itemId already exists, please use another';
      this.savedItems[itemId] = item;
      let parent = root;
      while (Ext.isArray(item.groups) && item.groups.length > 0) {
        const child = parent.findChild('id', item.groups.shift());
        if (child === null) break;
        parent = child;
      }
      if (parent.findChild('id', itemId) !== null) throw 'id already exists';
      parent.appendChild(
        Ext.create('Ext.data.TreeModel', { id: itemId, text: title, iconCls, leaf: true, expanded: expandedOnInit }),
      );
    }
  },
});
