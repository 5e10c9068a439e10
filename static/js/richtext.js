// Text with a little shape, written as light markup: counted, shown and typed. It reads as portal/richtext.py does.
(() => {
  "use strict";

  // -- reading ------------------------------------------------------------------------------------------------------
  const ITEM = /^(?:- +([^]*)|([0-9]{1,3})\. +([^]*))$/;
  const PICTURE = /^!\[([^[\]]*)\]\(图片[:：]([0-9]{1,18})\)$/;
  const ROW = /^\|[^]*\|$/;
  const RULE = /^\|(?: *:?-+:? *\|)+$/;

  const strip = (text) => text.replace(/^[ \t\u00a0\u3000]+|[ \t\u00a0\u3000]+$/g, "");
  const cells = (line) => line.slice(1, -1).split("|").map(strip);

  // As the server keeps it: line ends folded, and without what nobody sees.
  function clean(text) {
    return text.replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, "\n").replace(/[\u200b-\u200f\u2060\ufeff]/g, "");
  }

  function kindOf(line) {
    if (!line) return "blank";
    if (PICTURE.test(line)) return "picture";
    if (ITEM.test(line)) return "item";
    return ROW.test(line) ? "row" : "text";
  }

  function addItem(blocks, line, follows) {
    const [, text, digits, numbered] = ITEM.exec(line);
    const number = digits ? Number(digits) : null;
    const last = blocks.at(-1);
    const next = follows && last.start !== null ? last.start + last.items.length : null;
    if (follows && number === next) last.items.push(strip(digits ? numbered : text));
    else blocks.push({ kind: "list", start: number, items: [strip(digits ? numbered : text)] });
  }

  function parse(text) {
    const blocks = [];
    let before = "blank";
    for (const line of clean(text).split("\n").map(strip)) {
      const kind = kindOf(line);
      const last = blocks.at(-1);
      if (kind === "picture") {
        const [, caption, id] = PICTURE.exec(line);
        blocks.push({ kind, id, caption: strip(caption) });
      } else if (kind === "item") {
        addItem(blocks, line, before === kind);
      } else if (kind === "row") {
        if (before !== kind) blocks.push({ kind: "table", rows: [] });
        if (!RULE.test(line)) blocks.at(-1).rows.push(cells(line));
      } else if (kind === "text") {
        if (before === kind) last.lines.push(line);
        else blocks.push({ kind: "paragraph", lines: [line] });
      }
      before = kind;
    }
    return blocks.filter((block) => block.kind !== "table" || block.rows.length);
  }

  const words = (block) => block.lines || block.items || (block.rows ? block.rows.flat() : [block.caption]);

  function length(text) {
    return parse(text).flatMap(words).reduce((sum, word) => sum + [...word].length, 0);
  }

  // -- showing ------------------------------------------------------------------------------------------------------
  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function shownParagraph(block) {
    const made = element("p");
    block.lines.forEach((line, place) => made.append(...(place ? [element("br"), line] : [line])));
    return made;
  }

  function shownList(block) {
    const made = element(block.start === null ? "ul" : "ol");
    if (block.start !== null) made.start = block.start;
    made.append(...block.items.map((item) => element("li", item)));
    return made;
  }

  function shownTable(block) {
    const width = Math.max(...block.rows.map((row) => row.length));
    const place = element("div", undefined, "rich__wide");
    const table = element("table", undefined, "rich__table");
    block.rows.forEach((row, number) => {
      const isHead = number === 0 && block.rows.length > 1;
      const part = isHead ? table.createTHead() : table.tBodies[0] || table.createTBody();
      const line = part.insertRow();
      for (let column = 0; column < width; column += 1) {
        const cell = element(isHead ? "th" : "td", row[column] || "");
        if (isHead) cell.scope = "col";
        line.append(cell);
      }
    });
    place.tabIndex = 0;
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", "表格");
    place.append(table);
    return place;
  }

  function shownPicture(block, form) {
    if (!form.querySelector(`[data-file="${block.id}"]`)) {
      return element("p", `〔没有编号为${block.id}的图片〕`, "rich__gone");
    }
    const made = element("figure", undefined, "rich__picture");
    const image = element("img");
    image.src = form.dataset.download.replace(/0\/$/, `${block.id}/`);
    image.alt = block.caption || "图片";
    made.append(image, ...(block.caption ? [element("figcaption", block.caption)] : []));
    return made;
  }

  const SHOWN = { paragraph: shownParagraph, list: shownList, table: shownTable, picture: shownPicture };

  function show(field) {
    const preview = field.querySelector("[data-rich-preview]");
    if (!preview.open) return;
    const blocks = parse(textOf(field).value).map((block) => SHOWN[block.kind](block, field.closest("form")));
    if (!blocks.length) blocks.push(element("p", "尚未填写。", "helptext"));
    preview.querySelector("[data-rich-shown]").replaceChildren(...blocks);
  }

  // -- typing -------------------------------------------------------------------------------------------------------
  const textOf = (field) => field.querySelector("textarea");

  // Through the browser's own editing where it can, so that its undo knows of it.
  function put(area, start, end, text) {
    area.focus();
    area.setSelectionRange(start, end);
    const done = document.execCommand(text ? "insertText" : "delete", false, text);
    if (!done) {
      area.setRangeText(text, start, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function selectedLines(area) {
    const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const end = area.value.indexOf("\n", area.selectionEnd);
    return [start, end < 0 ? area.value.length : end];
  }

  const unmarked = (line) => line.replace(/^\s*(?:- +|[0-9]{1,3}\. +|[•·●▪◆○]\s*)/, "");

  function mark(area, marked) {
    const [start, end] = selectedLines(area);
    const lines = area.value.slice(start, end).split("\n");
    const wanted = lines.map((line, place) => marked(unmarked(line), place));
    const same = wanted.every((line, place) => line === lines[place]);
    put(area, start, end, (same ? lines.map(unmarked) : wanted).join("\n"));
  }

  // On lines of its own, with an empty one before and after.
  function putBlock(area, text) {
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionEnd);
    const gap = (around) => "\n".repeat(Math.max(0, 2 - around));
    const lead = before.trim() ? gap(/\n*$/.exec(before)[0].length) : "";
    put(area, area.selectionStart, area.selectionEnd, `${lead}${text}${gap(/^\n*/.exec(after)[0].length)}`);
  }

  function putTable(area) {
    const picked = area.value.slice(area.selectionStart, area.selectionEnd).trim();
    const rows = picked.split("\n").map((line) => `| ${line.split("\t").join(" | ")} |`);
    putBlock(area, picked ? rows.join("\n") : "| 项目 | 内容 |\n|  |  |\n|  |  |");
  }

  function putPicture(field, file) {
    const caption = (file.name || "").replace(/\.[^.]+$/, "").replace(/[[\]]/g, " ").trim();
    putBlock(textOf(field), `![${caption}](图片:${file.id})`);
  }

  const ACTS = {
    list: (field) => mark(textOf(field), (line) => `- ${line}`),
    numbers: (field) => mark(textOf(field), (line, place) => `${place + 1}. ${line}`),
    table: (field) => putTable(textOf(field)),
    picture: (field) => field.querySelector("[data-rich-file]").click(),
  };

  // A list goes on at the next line, and ends at an empty item.
  function goOn(event) {
    const area = event.target;
    if (event.shiftKey || event.isComposing || area.selectionStart !== area.selectionEnd) return;
    const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const match = /^(?:- |([0-9]{1,3})\. )([^]*)$/.exec(area.value.slice(start, area.selectionStart));
    if (!match) return;
    event.preventDefault();
    if (!match[2].trim()) put(area, start, area.selectionStart, "");
    else put(area, area.selectionStart, area.selectionStart, match[1] ? `\n${Number(match[1]) + 1}. ` : "\n- ");
  }

  // -- pasting from Word, WPS and Excel -----------------------------------------------------------------------------
  const flat = (text) => text.replace(/\s+/g, " ").trim();
  const BLOCKS = "P,DIV,H1,H2,H3,H4,H5,H6,SECTION,ARTICLE,BLOCKQUOTE,PRE,DD,DT,FIGURE,CENTER".split(",");

  // A cell that spans others stands once; the others it covers are empty.
  function tableLines(table) {
    const grid = [...table.rows].map(() => []);
    [...table.rows].forEach((row, place) => {
      let column = 0;
      for (const cell of row.cells) {
        while (grid[place][column] !== undefined) column += 1;
        for (let down = 0; down < Math.max(1, cell.rowSpan) && place + down < grid.length; down += 1) {
          for (let right = 0; right < cell.colSpan; right += 1) {
            const isFirst = down === 0 && right === 0;
            grid[place + down][column + right] = isFirst ? flat(cell.textContent).replaceAll("|", "｜") : "";
          }
        }
      }
    });
    const rows = grid.filter((row) => row.some((cell) => cell));
    if (rows.length === 1 && rows[0].length === 1) return [["text", rows[0][0]]];
    return rows.map((row) => ["row", `| ${[...row].map((cell) => cell || "").join(" | ")} |`]);
  }

  // Word writes a list as paragraphs, each with its mark in a part that other programs are to ignore.
  function wordLine(paragraph) {
    const ignored = paragraph.querySelector("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']");
    const sign = flat(ignored ? ignored.textContent : "");
    if (ignored) ignored.remove();
    const text = flat(paragraph.textContent);
    const number = /^([0-9]{1,3})[.．、)）]$/.exec(sign);
    if (number) return ["item", `${number[1]}. ${text}`];
    return /[\p{L}\p{N}]{2}|[（(]|[一-鿿]/u.test(sign) ? ["text", `${sign}${text}`] : ["item", `- ${text}`];
  }

  function listLines(list) {
    const lines = [];
    let number = list.start || 1;
    for (const item of list.children) {
      if (item.tagName !== "LI") { lines.push(...linesOf(item)); continue; }
      const own = item.cloneNode(true);
      const inner = [...item.children].filter((child) => child.matches("ul, ol"));
      own.querySelectorAll("ul, ol").forEach((nested) => nested.remove());
      lines.push(["item", `${list.tagName === "OL" ? `${number}.` : "-"} ${flat(own.textContent)}`]);
      number += 1;
      for (const nested of inner) lines.push(...listLines(nested));
    }
    return lines;
  }

  function linesOf(node) {
    const lines = [];
    let text = "";
    const flush = () => { if (flat(text)) lines.push(["text", flat(text)]); text = ""; };
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) { text += child.data; continue; }
      if (child.nodeType !== Node.ELEMENT_NODE) continue;
      const isBlock = BLOCKS.includes(child.tagName) || child.querySelector("table, p, div, li");
      if (child.matches("table, ul, ol, br, [data-style*='mso-list']") || isBlock) flush();
      if (child.tagName === "TABLE") lines.push(...tableLines(child));
      else if (child.matches("ul, ol")) lines.push(...listLines(child));
      else if (child.matches("p[data-style*='mso-list'], h1[data-style*='mso-list']")) lines.push(wordLine(child));
      else if (isBlock) lines.push(...linesOf(child));
      else if (child.tagName !== "BR") text += child.textContent;
    }
    flush();
    return lines;
  }

  // Styles would be refused by the page's policy, loudly; Word's lists are told by theirs, under another name.
  function unstyled(html) {
    const plain = html.replace(/<style[^]*?<\/style>/gi, "");
    return plain.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  }

  // What was copied, as markup; empty when it holds neither a list nor a table, and is pasted as plain text.
  function fromHtml(html) {
    const page = new DOMParser().parseFromString(unstyled(html), "text/html");
    for (const unseen of page.querySelectorAll("script, style, title")) unseen.remove();
    if (!page.querySelector("table, li, [data-style*='mso-list']")) return "";
    let found = "";
    let before = "";
    for (const [kind, line] of linesOf(page.body)) {
      const gap = kind === before && kind !== "text" ? "\n" : "\n\n";
      found += (found ? gap : "") + line;
      before = kind;
    }
    return clean(found);
  }

  function paste(event, field) {
    const data = event.clipboardData;
    const chooser = field.querySelector("[data-rich-file]");
    if (chooser && data.files.length && !data.getData("text/plain")) {
      event.preventDefault();
      chooser.files = data.files;
      chooser.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    const text = fromHtml(data.getData("text/html"));
    if (!text) return;
    event.preventDefault();
    putBlock(event.target, text);
  }

  // -- what happens on the page -------------------------------------------------------------------------------------
  window.portalRich = { parse, length, fromHtml };

  function walk(event, tools) {
    const buttons = [...tools.querySelectorAll("button")];
    const at = buttons.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  // Everything is heard at the document, so that rows added later work like those that were there.
  const within = (event) => event.target.closest && event.target.closest("[data-rich]");

  document.addEventListener("click", (event) => {
    const field = within(event);
    const button = field && event.target.closest("button");
    if (!button) return;
    if (button.dataset.richDo) ACTS[button.dataset.richDo](field);
    if (button.dataset.richInsert) {
      const name = button.closest("li").querySelector("a").textContent;
      putPicture(field, { id: button.dataset.richInsert, name });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!within(event)) return;
    const tools = event.target.closest("[data-rich-tools]");
    if (tools) walk(event, tools);
    else if (event.target.matches("textarea") && event.key === "Enter") goOn(event);
  });
  document.addEventListener("paste", (event) => {
    const field = within(event);
    if (field && event.target.matches("textarea")) paste(event, field);
  });
  for (const change of ["input", "portal:put"]) { // typed here, or by a colleague
    document.addEventListener(change, (event) => {
      const field = within(event);
      if (field && event.target.matches("textarea")) show(field);
    });
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("[data-rich-preview]")) show(within(event));
  }, true);
  document.addEventListener("portal:uploaded", (event) => {
    const field = within(event);
    if (!field) return;
    const button = element("button", "插入正文", "btn btn-sm btn-link");
    button.type = "button";
    button.dataset.richInsert = event.detail.file.id;
    event.detail.item.querySelector("[data-remove-file]").before(
      element("span", `图片${event.detail.file.id}`, "file-list__number"), " ", button, " ",
    );
    putPicture(field, event.detail.file);
  });
  document.addEventListener("portal:removed", (event) => {
    const field = within(event);
    if (!field) return;
    const area = textOf(field);
    const shows = (line) => { const match = PICTURE.exec(strip(line)); return match && match[2] === event.detail.id; };
    const kept = area.value.split("\n").filter((line) => !shows(line)).join("\n");
    if (kept !== area.value) put(area, 0, area.value.length, kept);
  });

  for (const field of document.querySelectorAll("[data-rich]")) {
    field.querySelector("[data-rich-tools]").hidden = false;
    field.querySelector("[data-rich-preview]").hidden = false;
    for (const button of field.querySelectorAll("[data-rich-insert]")) button.hidden = false;
    const chooser = field.querySelector("[data-rich-file]");
    if (chooser) chooser.hidden = true;
  }
})();
