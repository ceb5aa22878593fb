"use strict";
// Runs before textual-serve's client, whose websocket it takes the place of: the client tells nobody
// why a connection ended, says nothing about keys that come too late, and has no bell.

function isClosed() {
  return document.body.classList.contains("-closed");
}

// -- the bell: xterm.js hears it and is silent

let audio = null;

function beep() {
  audio = audio || new AudioContext();
  audio.resume();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = "square";
  tone.frequency.value = 660;
  volume.gain.value = 0.1;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.15);
}

const BEL = 0x07;
const ESC = 0x1b;

// A bell also ends an operating system command (ESC ]), and then it is none.
class Bells {
  constructor() {
    this.escaped = false;
    this.inCommand = false;
  }

  ringIn(bytes) {
    let rings = false;
    for (const byte of bytes) {
      if (this.escaped) {
        this.inCommand = byte === 0x5d;
      } else if (byte === BEL) {
        rings = rings || !this.inCommand;
        this.inCommand = false;
      }
      this.escaped = byte === ESC;
    }
    return rings;
  }
}

// -- the connection

const FOCUS_REPORT = /^\["stdin","\\u001b\[[IO]"\]$/;

class TillSocket extends WebSocket {
  constructor(url) {
    super(url);
    const bells = new Bells();
    this.addEventListener("message", (event) => {
      if (typeof event.data !== "string" && bells.ringIn(new Uint8Array(event.data))) beep();
    });
    this.addEventListener("close", (event) => showClosed(event.code));
  }

  // What is typed while nobody hears it must not be lost in silence.
  send(data) {
    if (this.readyState === WebSocket.OPEN) super.send(data);
    else if (data.startsWith('["stdin"') && !FOCUS_REPORT.test(data)) beep();
  }
}

window.WebSocket = TillSocket;

function showClosed(code) {
  const closed = document.getElementById("closed");
  closed.querySelector("p").textContent = closed.getAttribute("data-code-" + code) || closed.dataset.lost;
  document.body.classList.add("-closed");
  const again = closed.querySelector("button");
  again.addEventListener("click", () => window.location.reload());
  again.focus();
}

// -- the keyboard belongs to the till

function holdFocus() {
  const keys = document.querySelector(".xterm-helper-textarea");
  if (keys && !isClosed()) keys.focus();
}

window.addEventListener("focus", holdFocus);
document.addEventListener("focusout", () => setTimeout(holdFocus, 0));
document.addEventListener("click", holdFocus);
window.addEventListener(
  "keydown",
  (event) => {
    // F3 is no search, F5 no reload: not before the terminal has the focus either.
    if (!isClosed() && /^F\d+$/.test(event.key)) event.preventDefault();
  },
  true,
);
