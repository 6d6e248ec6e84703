// SPDX-License-Identifier: AGPL-3.0-or-later

/** A page with what matters of PVE's (pve-manager www/index.html.tpl): the lines around the one that is looked for. */
export const PAGE = `<!DOCTYPE html>
<html>
  <head>
    <title>[% nodename %]</title>
    <script type="text/javascript" src="/proxmoxlib.js?ver=[% wtversion %]"></script>
    <script type="text/javascript" src="/pve2/js/pvemanagerlib.js?ver=[% version %]"></script>
    <script type="text/javascript" src="/pve2/ext6/locale/locale-[% lang %].js?ver=7.0.0"></script>
    <script type="text/javascript">
    Ext.onReady(function() { Ext.create('PVE.StdWorkspace');});
    </script>
  </head>
  <body></body>
</html>
`;
