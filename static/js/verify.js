// Checks a PDF file that is chosen, or dropped anywhere on the page. The file stays here: only its SHA-256 is sent, and, so that an altered
// file can be told from a foreign one, the number of the certificate that the file says it is.
"use strict";

const LARGEST = 20 * 1024 * 1024;
const NUMBER = /NALAG-[0-9]{4}-[0-9]{6,9}/;
const part = document.querySelector("[data-verify-file]");

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Byte by byte, without the zeros between letters that are written in two bytes each.
const textOf = (buffer) => new TextDecoder("latin1").decode(buffer).replaceAll("\0", "");

if (part) {
  const form = part.querySelector("form");
  const input = part.querySelector("input[type=file]");
  const said = part.querySelector("[data-file-said]");
  const say = (word) => {
    said.textContent = word ? part.querySelector(`[data-file-words="${word}"]`).textContent : "";
    said.hidden = !word;
  };

  const check = async (files) => {
    say(files.length > 1 ? "several" : "");
    if (files.length !== 1) return;
    const [file] = files;
    if (file.size > LARGEST) {
      say("too_large");
      return;
    }
    try {
      const bytes = await file.arrayBuffer();
      const text = textOf(bytes);
      if (!text.slice(0, 1024).includes("%PDF-")) {
        say("not_pdf");
        return;
      }
      form.elements.sha256.value = hex(await crypto.subtle.digest("SHA-256", bytes));
      form.elements.claim.value = text.match(NUMBER)?.[0] ?? "";
      form.submit();
    } catch {
      say("unreadable");
    }
  };

  part.hidden = false;
  if (globalThis.crypto?.subtle) {
    input.addEventListener("change", () => check(input.files));
    const withFiles = (event) => event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      part.classList.add("drop-over");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) part.classList.remove("drop-over");
    });
    document.addEventListener("drop", (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      part.classList.remove("drop-over");
      check(event.dataTransfer.files);
    });
    // Back from the answer: the same file may be chosen once more.
    window.addEventListener("pageshow", () => {
      input.value = "";
      say("");
    });
  } else {
    part.querySelector("[data-file-way]").hidden = true;
    part.querySelector("[data-file-insecure]").hidden = false;
  }
}
