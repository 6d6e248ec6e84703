// SPDX-License-Identifier: AGPL-3.0-or-later
// Stand-ins for PVE.node.Config, PVE.qemu.Config and PVE.lxc.Config: their places in the tree list, with cards that hold nothing.

const card = (itemId, title, iconCls, more) => ({ xtype: 'panel', itemId, title, iconCls, html: '', ...more });

Ext.define('PVE.node.Config', {
  extend: 'PVE.panel.Config',
  alias: 'widget.PVE.node.Config',
  onlineHelp: 'chapter_system_administration',
  initComponent() {
    const { node } = this.pveSelNode.data;
    const caps = Ext.state.Manager.get('GuiCap');
    Ext.apply(this, {
      title: `${gettext('Node')} '${node}'`,
      hstateid: 'nodetab',
      tbar: [
        { text: gettext('Reboot'), iconCls: 'fa fa-undo', disabled: !caps.nodes['Sys.PowerMgmt'] },
        { text: gettext('Shutdown'), iconCls: 'fa fa-power-off', disabled: !caps.nodes['Sys.PowerMgmt'] },
        { text: gettext('Shell'), iconCls: 'fa fa-terminal', disabled: !caps.nodes['Sys.Console'] },
      ],
      items: [],
    });
    if (caps.nodes['Sys.Audit'])
      this.items.push(
        card('summary', gettext('Summary'), 'fa fa-book', { html: '<p style="padding:10px">Summary</p>' }),
        card('notes', gettext('Notes'), 'fa fa-sticky-note-o'),
      );
    if (caps.nodes['Sys.Console']) this.items.push(card('jsconsole', gettext('Shell'), 'fa fa-terminal'));
    if (caps.nodes['Sys.Audit'])
      this.items.push(
        card('services', gettext('System'), 'fa fa-cogs', { expandedOnInit: true }),
        card('network', gettext('Network'), 'fa fa-exchange', { groups: ['services'] }),
        card('certificates', gettext('Certificates'), 'fa fa-certificate', { groups: ['services'] }),
        card('time', gettext('Time'), 'fa fa-clock-o', { groups: ['services'] }),
        card('apt', gettext('Updates'), 'fa fa-refresh', { expandedOnInit: true }),
        card('aptrepositories', gettext('Repositories'), 'fa fa-files-o', { groups: ['apt'] }),
        card('storage', gettext('Disks'), 'fa fa-hdd-o', { expandedOnInit: true }),
        card('lvm', 'LVM', 'fa fa-square', { groups: ['storage'] }),
        card('zfs', 'ZFS', 'fa fa-th-large', { groups: ['storage'] }),
      );
    this.items.push(
      card('tasks', gettext('Task History'), 'fa fa-list-alt'),
      card('support', gettext('Subscription'), 'fa fa-support'),
    );
    PVE.panel.Config.prototype.initComponent.call(this);
  },
});

function guestItems(caps, template, hardware) {
  const items = [];
  if (caps.vms['VM.Audit']) items.push(card('summary', gettext('Summary'), 'fa fa-book'));
  if (caps.vms['VM.Console'] && !template) items.push(card('console', gettext('Console'), 'fa fa-terminal'));
  items.push(
    hardware,
    card('options', gettext('Options'), 'fa fa-gear'),
    card('tasks', gettext('Task History'), 'fa fa-list-alt'),
  );
  if (caps.vms['VM.Backup']) items.push(card('backup', gettext('Backup'), 'fa fa-floppy-o'));
  if (caps.vms['VM.Audit'])
    items.push(card('snapshot', gettext('Snapshots'), 'fa fa-history'), card('firewall', gettext('Firewall'), 'fa fa-shield'));
  return items;
}

function guestToolbar(caps, running) {
  return [
    { text: gettext('Start'), iconCls: 'fa fa-play', disabled: !caps.vms['VM.PowerMgmt'] || running },
    { text: gettext('Shutdown'), iconCls: 'fa fa-power-off', disabled: !caps.vms['VM.PowerMgmt'] || !running },
    { text: gettext('Console'), iconCls: 'fa fa-fw fa-terminal', disabled: !caps.vms['VM.Console'] },
  ];
}

Ext.define('PVE.qemu.Config', {
  extend: 'PVE.panel.Config',
  alias: 'widget.PVE.qemu.Config',
  onlineHelp: 'chapter_virtual_machines',
  userCls: 'proxmox-tags-full',
  initComponent() {
    const { node, vmid, name, template, running } = this.pveSelNode.data;
    const caps = Ext.state.Manager.get('GuiCap');
    Ext.apply(this, {
      title: Ext.String.format(gettext("Virtual Machine {0} on node '{1}'"), `${vmid} (${Ext.htmlEncode(name)})`, node),
      hstateid: 'kvmtab',
      tbarSpacing: false,
      tbar: guestToolbar(caps, running),
      items: guestItems(caps, template, card('hardware', gettext('Hardware'), 'fa fa-desktop')),
    });
    PVE.panel.Config.prototype.initComponent.call(this);
  },
});

Ext.define('PVE.lxc.Config', {
  extend: 'PVE.panel.Config',
  alias: 'widget.pveLXCConfig',
  onlineHelp: 'chapter_pct',
  userCls: 'proxmox-tags-full',
  initComponent() {
    const { node, vmid, name, template, running } = this.pveSelNode.data;
    const caps = Ext.state.Manager.get('GuiCap');
    Ext.apply(this, {
      title: Ext.String.format(gettext("Container {0} on node '{1}'"), `${vmid} (${Ext.htmlEncode(name)})`, node),
      hstateid: 'lxctab',
      tbarSpacing: false,
      tbar: guestToolbar(caps, running),
      items: guestItems(caps, template, card('resources', gettext('Resources'), 'fa fa-cube')),
    });
    PVE.panel.Config.prototype.initComponent.call(this);
  },
});
