"use strict";
// Runs after textual-serve's client and before it begins: xterm.js measures its font once.

const LARGEST_PX = 16;
const SMALLEST_PX = 6;
// Of a Roboto Mono character, in its font size; a little more than it is, for xterm.js rounds.
const WIDTH = 0.61;
const HEIGHT = 1.33;

// A till needs 80 columns and 24 rows; a large window shows more of them, a small one shows them smaller.
function fontSize() {
  const fits = Math.min(window.innerWidth / (80 * WIDTH), window.innerHeight / (24 * HEIGHT));
  return Math.max(SMALLEST_PX, Math.min(LARGEST_PX, Math.floor(fits)));
}

const begin = window.onload;
window.onload = async (event) => {
  const scheme = window.location.protocol === "https:" ? "wss://" : "ws://";
  const terminal = document.getElementById("terminal");
  terminal.dataset.sessionWebsocketUrl = scheme + window.location.host + "/ws";
  terminal.dataset.fontSize = fontSize();
  await Promise.allSettled(["16px", "bold 16px"].map((font) => document.fonts.load(font + ' "Roboto Mono"')));
  begin(event);
  holdFocus();
};
