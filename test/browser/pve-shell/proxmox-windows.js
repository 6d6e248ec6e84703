// SPDX-License-Identifier: AGPL-3.0-or-later
// Stand-in for windows and fields of proxmox-widget-toolkit (src/window/Edit.js, src/window/TaskViewer.js, src/form): what they look like and
// how they are configured, as far as a plugin can notice.

Ext.define('Proxmox.button.Help', {
  extend: 'Ext.button.Button',
  xtype: 'proxmoxHelpButton',
  text: gettext('Help'),
  iconCls: ' x-btn-icon-el-default-toolbar-small fa fa-question-circle',
  cls: 'x-btn-default-toolbar-small proxmox-inline-button',
  setOnlineHelp(block) {
    this.onlineHelp = block;
  },
});

Ext.define('Proxmox.form.Checkbox', { extend: 'Ext.form.field.Checkbox', xtype: 'proxmoxcheckbox', inputValue: '1' });

Ext.define('Proxmox.form.field.Integer', {
  extend: 'Ext.form.field.Number',
  xtype: 'proxmoxintegerfield',
  allowDecimals: false,
  allowExponential: false,
});

Ext.define('Proxmox.form.KVComboBox', {
  extend: 'Ext.form.field.ComboBox',
  xtype: 'proxmoxKVComboBox',
  displayField: 'value',
  valueField: 'key',
  queryMode: 'local',
  editable: false,
  initComponent() {
    this.store = new Ext.data.ArrayStore({ fields: ['key', 'value'], data: this.comboItems || [] });
    Ext.form.field.ComboBox.prototype.initComponent.call(this);
  },
});

Ext.define('Proxmox.panel.InputPanel', {
  extend: 'Ext.panel.Panel',
  xtype: 'inputpanel',
  border: false,
  layout: 'anchor',
  getValues() {
    const values = {};
    for (const field of this.query('field')) Ext.apply(values, field.getSubmitData());
    return this.onGetValues ? this.onGetValues(values) : values;
  },
});

Ext.define('Proxmox.window.Edit', {
  extend: 'Ext.window.Window',
  xtype: 'proxmoxWindowEdit',
  resizable: false,
  modal: true,
  isCreate: false,
  submit() {
    const values = {};
    for (const field of this.query('field')) Ext.apply(values, field.getSubmitData());
    Proxmox.Utils.API2Request({
      ...{ url: this.url, method: this.method || 'PUT', params: values, waitMsgTarget: this },
      failure: (response) => Ext.Msg.alert(gettext('Error'), response.htmlStatus),
      success: () => this.close(),
    });
  },
  initComponent() {
    const form = Ext.create('Ext.form.Panel', { bodyPadding: 10, border: false, items: this.items });
    this.formPanel = form;
    this.items = [form];
    this.title = this.title || Proxmox.Utils.dialog_title(this.subject, this.isCreate, this.isAdd);
    this.buttons = [{ text: this.submitText || gettext('OK'), handler: () => this.submit() }];
    Ext.window.Window.prototype.initComponent.call(this);
  },
});

const taskUrl = (upid) => `/nodes/${Proxmox.Utils.parse_task_upid(upid).node}/tasks/${encodeURIComponent(upid)}`;

// asks once a second until the task has stopped or the window is gone, as the toolkit's stores do
function pollTask(window, heard) {
  const ask = () =>
    Proxmox.Utils.API2Request({
      url: `${taskUrl(window.upid)}/status`,
      failure: () => undefined,
      success: (response) => {
        if (window.destroyed) return;
        const stopped = response.result.data.status === 'stopped';
        heard(response.result.data, stopped);
        if (stopped) window.taskDone(response.result.data.exitstatus === 'OK');
        else window.timer = Ext.defer(ask, 500);
      },
    });
  ask();
}

Ext.define('Proxmox.window.TaskProgress', {
  extend: 'Ext.window.Window',
  xtype: 'proxmoxTaskProgress',
  taskDone: Ext.emptyFn,
  width: 300,
  modal: true,
  bodyPadding: 5,
  initComponent() {
    const { type, id } = Proxmox.Utils.parse_task_upid(this.upid);
    const bar = Ext.create('Ext.ProgressBar');
    this.title = `${gettext('Task')}: ${Ext.htmlEncode(Proxmox.Utils.format_task_description(type, id))}`;
    this.items = bar;
    this.buttons = [
      {
        text: gettext('Details'),
        handler: () => {
          Ext.create('Proxmox.window.TaskViewer', { autoShow: true, taskDone: this.taskDone, upid: this.upid });
          this.close();
        },
      },
    ];
    Ext.window.Window.prototype.initComponent.call(this);
    bar.wait({ text: gettext('running...') });
    pollTask(this, ({ exitstatus }, stopped) => {
      if (!stopped) return;
      this.close();
      if (exitstatus !== 'OK') Ext.Msg.alert('Task failed', Ext.htmlEncode(exitstatus));
    });
  },
});

Ext.define('Proxmox.window.TaskViewer', {
  extend: 'Ext.window.Window',
  xtype: 'proxmoxTaskViewer',
  taskDone: Ext.emptyFn,
  width: 800,
  height: 500,
  layout: 'fit',
  modal: true,
  initComponent() {
    const { desc, type, user, node } = Proxmox.Utils.parse_task_upid(this.upid);
    const log = Ext.create('Ext.panel.Panel', {
      ...{ title: gettext('Output'), scrollable: true, bodyPadding: 5, border: false, itemId: 'log' },
      ...{
        bodyStyle: 'font-family: monospace; white-space: pre',
        ariaRole: 'log',
        tbar: [{ text: gettext('Stop'), disabled: true }],
      },
    });
    const status = Ext.create('Ext.grid.Panel', {
      ...{ title: gettext('Status'), border: false, hideHeaders: true, itemId: 'taskstatus' },
      store: { fields: ['key', 'value'], data: [] },
      columns: [
        { dataIndex: 'key', width: 150, renderer: Ext.htmlEncode },
        { dataIndex: 'value', flex: 1, renderer: Ext.htmlEncode },
      ],
    });
    this.title = Ext.htmlEncode(`Task viewer: ${desc}`);
    this.items = [{ xtype: 'tabpanel', border: false, items: [log, status] }];
    Ext.window.Window.prototype.initComponent.call(this);
    pollTask(this, (data) => {
      const said = data.status === 'stopped' ? `${data.status}: ${data.exitstatus}` : data.status;
      status.getStore().loadData(
        Object.entries({ Status: said, 'Task type': type, 'User name': user, Node: node }).map(([key, value]) => ({
          key,
          value,
        })),
      );
      Proxmox.Utils.API2Request({
        url: `${taskUrl(this.upid)}/log?start=0&limit=500`,
        failure: () => undefined,
        success: (response) => {
          if (!this.destroyed) log.setHtml(response.result.data.map(({ t }) => Ext.htmlEncode(t)).join('<br>'));
        },
      });
    });
  },
});
