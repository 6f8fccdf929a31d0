extension PageScript {
  /// Makes elements; whatever comes from the document or from an answer becomes text, never markup.
  static let elements = #"""
    const byId = (id) => document.getElementById(id);

    // el('p', {class: 'note'}, 'text', child): attributes of undefined, null and false are left out.
    function el(name, attributes, ...children) {
      const made = document.createElement(name);
      for (const [key, value] of Object.entries(attributes ?? {})) {
        if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
        else if (value === true) made.setAttribute(key, '');
        else if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value);
      }
      made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
      return made;
    }

    // Text with code between backticks.
    function inline(text) {
      return (text ?? '').split('`').map((part, index) => index % 2 ? el('code', null, part) : part);
    }

    const prose = (text) => (text ?? '').split(/\n{2,}/).filter(Boolean).map((part) => el('p', null, inline(part)));

    const PAINTED = 200000;
    const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

    // JSON text with its names, strings and other values told apart by colour.
    function paint(text) {
      if (text.length > PAINTED) return [text];
      const pieces = [];
      let end = 0;
      for (const found of text.matchAll(TOKENS)) {
        if (found.index > end) pieces.push(text.slice(end, found.index));
        const kind = found[1] ? (found[2] ? 'name' : 'string') : 'value';
        pieces.push(el('span', {class: 'json-' + kind}, found[1] ?? found[0]));
        if (found[2]) pieces.push(found[2]);
        end = found.index + found[0].length;
      }
      pieces.push(text.slice(end));
      return pieces;
    }

    function parsed(text) {
      try { return JSON.parse(text); } catch { return undefined; }
    }

    // What can be parsed is indented; numbers that JavaScript cannot hold leave the text as it is.
    function pretty(text) {
      const value = parsed(text);
      if (value === undefined || /\d{16}/.test(text)) return text;
      return JSON.stringify(value, null, 2);
    }

    const code = (text) => el('pre', {class: 'code', tabindex: '0'}, el('code', null, paint(text)));

    function copyButton(label, text) {
      const said = el('span', {class: 'hidden', role: 'status'});
      const button = el('button', {type: 'button', class: 'copy', 'aria-label': label}, 'Copy');
      button.addEventListener('click', async () => {
        const done = await copied(text());
        button.textContent = done ? 'Copied' : 'Not copied';
        said.textContent = button.textContent;
        setTimeout(() => { button.textContent = 'Copy'; said.textContent = ''; }, 1600);
      });
      return el('span', {class: 'copying'}, button, said);
    }

    async function copied(text) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        return false;
      }
    }

    const verb = (method) => el('span', {class: 'verb verb-' + method}, method.toUpperCase());

    // A path that may be broken into lines after its slashes.
    const path = (text) => text.split(/(?<=\/)/).flatMap((part) => [part, el('wbr')]).slice(0, -1);

    const seconds = (milliseconds) =>
      milliseconds < 1000 ? Math.round(milliseconds) + ' ms' : (milliseconds / 1000).toFixed(2) + ' s';

    const bytes = (count) => count < 1024 ? count + ' B' : (count / 1024).toFixed(1) + ' KiB';

    """#
}
