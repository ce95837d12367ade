"use strict";
(function () {
  var root = document.documentElement, theme = null;
  root.classList.add("script");
  try { theme = localStorage.getItem("stacker-theme"); } catch (_) { /* a browser may keep nothing */ }
  if (theme === "light" || theme === "dark") { root.dataset.theme = theme; }
  var name = location.hash.slice(1);
  root.dataset.view = /^(porter|coordinator)$/.test(name) ? name : /^(reviewer|stage-)/.test(name) ? "reviewer" : "porter";
})();
