// SPDX-License-Identifier: AGPL-3.0-or-later
// Stand-in for PVE.StdWorkspace (pve-manager, www/manager6/Workspace.js): header, resource tree, content. The tree and the user's capabilities come
// from PVE_SHELL, which the page sets; in PVE they come from /cluster/resources and the login.

Ext.define('PVE.tree.ResourceTree', {
  extend: 'Ext.tree.Panel',
  alias: 'widget.pveResourceTree',
  selectById(id) {
    const node = this.getStore().getNodeById(id);
    if (node) this.getSelectionModel().select(node);
    return node;
  },
});

Ext.define('PVE.StdWorkspace', {
  extend: 'Ext.container.Viewport',
  alias: 'widget.pveStdWorkspace',

  setContent(config) {
    const view = this.down('#content');
    const current = view.getLayout().getActiveItem();
    config.border = false;
    view.add(config);
    if (current && view.getLayout().getNext()) {
      view.getLayout().next();
      Ext.defer(() => view.remove(current), 10);
    }
  },

  initComponent() {
    const me = this;
    const provider = new Ext.state.LocalStorageProvider({ prefix: 'pve-shell-' });
    Ext.state.Manager.setProvider(provider);
    provider.set('GuiCap', PVE_SHELL.caps);
    const classes = { node: 'PVE.node.Config', qemu: 'PVE.qemu.Config', lxc: 'pveLXCConfig' };
    const icons = { qemu: 'fa fa-desktop', lxc: 'fa fa-cube' };
    const tree = Ext.create('PVE.tree.ResourceTree', {
      ...{ itemId: 'tree', border: false, rootVisible: true, flex: 1, hideHeaders: true },
      columns: [{ xtype: 'treecolumn', dataIndex: 'text', flex: 1, renderer: (value) => Ext.htmlEncode(value) }],
      store: Ext.create('Ext.data.TreeStore', {
        fields: ['text', 'type', 'node', 'vmid', 'name', 'running', 'uptime', 'template'],
        root: {
          ...{ text: `${gettext('Datacenter')}`, id: 'root', expanded: true, iconCls: 'fa fa-server' },
          children: PVE_SHELL.nodes.map((node) => ({
            ...{ text: node, id: `node/${node}`, type: 'node', node, expanded: true, iconCls: 'fa fa-building' },
            children: PVE_SHELL.guests
              .filter((guest) => guest.node === node)
              .map((guest) => ({
                ...guest,
                ...{
                  text: `${guest.vmid} (${guest.name})`,
                  id: `${guest.type}/${guest.vmid}`,
                  leaf: true,
                  iconCls: icons[guest.type],
                },
                uptime: guest.running ? 60 : 0,
              })),
          })),
        },
      }),
      listeners: {
        selectionchange(_model, [node]) {
          const xtype = node && classes[node.data.type];
          if (xtype) me.setContent({ xtype, pveSelNode: node, workspace: me });
        },
      },
    });
    me.tree = tree;
    Ext.apply(me, {
      layout: 'border',
      border: false,
      items: [
        {
          ...{ xtype: 'container', region: 'north', layout: { type: 'hbox', align: 'middle' }, height: 36, margin: '2 0 2 5' },
          items: [
            { xtype: 'component', html: '<b style="font-size:18px;padding:0 10px">PVE</b>' },
            { xtype: 'component', html: '<span style="font-size:16px">Virtual Environment 9.2.11</span>' },
            { xtype: 'component', flex: 1 },
            { xtype: 'button', text: Ext.htmlEncode(Proxmox.UserName), iconCls: 'fa fa-user', margin: '0 5 0 0' },
          ],
        },
        { xtype: 'container', region: 'center', itemId: 'content', layout: 'card', border: false, margin: '0 5 0 0', items: [] },
        {
          xtype: 'panel',
          region: 'west',
          title: gettext('Server View'),
          width: 240,
          split: true,
          layout: 'fit',
          margin: '0 0 0 5',
          items: [tree],
        },
      ],
    });
    Ext.container.Viewport.prototype.initComponent.call(me);
    const first = tree.getStore().getNodeById(PVE_SHELL.selected) || tree.getRootNode().firstChild;
    tree.getSelectionModel().select(first);
  },
});
