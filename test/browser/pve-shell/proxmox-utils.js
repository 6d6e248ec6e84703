// SPDX-License-Identifier: AGPL-3.0-or-later
// Stand-in for the parts of proxmoxlib.js (proxmox-widget-toolkit, src/Utils.js) that plugins use: requests, error masks, tasks.

Ext.ns('Proxmox', 'PVE');

// as the toolkit does: each request of Ext has the token
Ext.Ajax.on('beforerequest', (_connection, options) => {
  options.headers = Ext.apply({ CSRFPreventionToken: Proxmox.CSRFPreventionToken }, options.headers);
});

Proxmox.Utils = {
  task_desc_table: {
    qmstart: ['VM', gettext('Start')],
    vzstart: ['CT', gettext('Start')],
  },

  override_task_descriptions(extra) {
    Ext.apply(Proxmox.Utils.task_desc_table, extra);
  },

  format_task_description(type, id) {
    const known = Proxmox.Utils.task_desc_table[type];
    if (known === undefined) return id ? `${type} ${id}` : type;
    return id ? `${known[0] ? `${known[0]} ` : ''}${id} - ${known[1]}` : known[1];
  },

  parse_task_upid(upid) {
    const parts = upid.match(/^UPID:([^:]+):([0-9A-F]{8}):([0-9A-F]{8,9}):([0-9A-F]{8}):([^:]+):([^:]*):([^:]+):$/);
    if (!parts) throw `unable to parse upid '${upid}'`;
    const [, node, pid, , start, type, id, user] = parts;
    return {
      ...{ node, type, id, user, pid: Number.parseInt(pid, 16), starttime: Number.parseInt(start, 16) },
      desc: Proxmox.Utils.format_task_description(type, id),
    };
  },

  render_timestamp(seconds) {
    return Ext.Date.format(new Date(seconds * 1000), 'Y-m-d H:i:s');
  },

  setErrorMask(component, message) {
    if (!component.el) return;
    if (!message) component.unmask();
    else if (message === true) component.mask(gettext('Loading...'));
    else component.mask(message);
  },

  API2Request(wanted) {
    const options = Ext.apply({ waitMsg: gettext('Please wait...') }, wanted);
    if (!/^\/api2/.test(options.url)) options.url = `/api2/json${options.url}`;
    const { success, failure, callback, waitMsgTarget: target } = wanted;
    if (target) target.setLoading(options.waitMsg);
    delete options.callback;
    options.success = (response, o) => {
      if (target) target.setLoading(false);
      response.result = Ext.decode(response.responseText);
      Ext.callback(callback, o.scope, [o, true, response]);
      Ext.callback(success, o.scope, [response, o]);
    };
    options.failure = (response, o) => {
      if (target) target.setLoading(false);
      response.result = Ext.decode(response.responseText, true) || {};
      response.htmlStatus = Ext.htmlEncode(`${gettext('Connection error')} ${response.status}: ${response.statusText}`);
      Ext.callback(callback, o.scope, [o, false, response]);
      Ext.callback(failure, o.scope, [response, o]);
      if (!failure && !callback) Ext.Msg.alert(gettext('Error'), response.htmlStatus);
    };
    Ext.Ajax.request(options);
  },

  dialog_title(subject, create, isAdd) {
    if (!create) return `${gettext('Edit')}: ${subject}`;
    return `${isAdd ? gettext('Add') : gettext('Create')}: ${subject}`;
  },
};
