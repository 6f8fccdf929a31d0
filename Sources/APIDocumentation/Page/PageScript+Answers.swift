extension PageScript {
  /// Shows one answer while it arrives: what a person reads, the events or the body, and the headers.
  static let answers = #"""
    const LISTED = 400;

    function tabs(label, panels) {
      const id = 'tabs' + (tabs.count = (tabs.count ?? 0) + 1);
      const buttons = panels.map(({name}, at) => el('button', {
        type: 'button', role: 'tab', id: `${id}-tab${at}`, 'aria-controls': `${id}-panel${at}`,
        onclick: () => choose(at),
        onkeydown: (event) => {
          const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
          if (!step) return;
          const shown = panels.map((_, index) => index).filter((index) => !buttons[index].hidden);
          const next = shown[(shown.indexOf(at) + step + shown.length) % shown.length];
          choose(next);
          buttons[next].focus();
        },
      }, name));
      const boxes = panels.map(({content}, at) => el('div', {
        role: 'tabpanel', id: `${id}-panel${at}`, 'aria-labelledby': `${id}-tab${at}`, class: 'panel', tabindex: '0',
      }, content));
      function choose(chosen) {
        buttons.forEach((button, at) => {
          button.setAttribute('aria-selected', at === chosen);
          button.tabIndex = at === chosen ? 0 : -1;
          boxes[at].hidden = at !== chosen;
        });
      }
      choose(0);
      return {
        view: el('div', {class: 'tabs'}, el('div', {role: 'tablist', 'aria-label': label}, buttons), boxes),
        choose, buttons,
      };
    }

    // The pieces of an answer that belong together, each a block of its own.
    function transcript() {
      const view = el('div', {class: 'transcript'});
      const blocks = new Map();
      return {
        view,
        get isEmpty() { return blocks.size === 0; },
        say({key, kind, text}) {
          let node = blocks.get(key + kind);
          if (!node) {
            node = document.createTextNode('');
            const title = {thought: 'Thinking', call: 'Tool call', error: 'Error'}[kind];
            view.append(el('div', {class: 'piece piece-' + kind}, title && el('h4', null, title), el('p', null, node)));
            blocks.set(key + kind, node);
          }
          node.appendData(text);
        },
      };
    }

    function answerView() {
      const outcome = el('p', {class: 'outcome', role: 'status'});
      const clock = el('p', {class: 'clock'});
      const read = transcript();
      const list = el('ol', {class: 'events'});
      const body = el('div');
      const fields = el('dl', {class: 'fields'});
      const more = el('p', {class: 'said', hidden: true});
      const panes = tabs('Answer', [
        {name: 'Answer', content: [read.view]},
        {name: 'Body', content: [list, more, body]},
        {name: 'Headers', content: [fields]},
      ]);
      const view = el('section', {class: 'answer', 'aria-label': 'Answer'},
        el('div', {class: 'verdict'}, outcome, clock), panes.view);
      panes.view.hidden = true;
      let count = 0;
      let hasFailed = false;

      function event(name, data, after) {
        count += 1;
        let gist = '';
        readable(parsed(data), (piece) => {
          hasFailed ||= piece.kind === 'error';
          gist += piece.text;
          read.say(piece);
        });
        if (count > LISTED) {
          more.hidden = false;
          more.textContent = `${count - LISTED} more are not listed.`;
          return;
        }
        const whole = el('details', {ontoggle: () => whole.children.length < 2 && whole.append(code(pretty(data)))},
          el('summary', null,
            el('span', {class: 'after'}, seconds(after)),
            name && name !== 'message' && el('span', {class: 'event-name'}, name),
            el('code', {class: gist ? 'gist gist-read' : 'gist'}, gist ? JSON.stringify(gist) : data.slice(0, 200))));
        list.append(el('li', null, whole));
      }

      return {
        view, clock, event,
        get hasFailed() { return hasFailed; },
        waiting() {
          outcome.className = 'outcome';
          outcome.replaceChildren(el('span', {class: 'badge badge-wait'}, 'Waiting'));
        },
        began(response) {
          const isGood = response.ok;
          outcome.replaceChildren(
            el('span', {class: 'badge ' + (isGood ? 'badge-good' : 'badge-bad')}, String(response.status)),
            ' ' + response.statusText);
          fields.replaceChildren(...[...response.headers].flatMap(([name, value]) =>
            [el('dt', null, name), el('dd', null, value)]));
          panes.view.hidden = false;
        },
        isStream() {
          panes.buttons[1].textContent = 'Events';
          body.hidden = true;
        },
        whole(text) {
          const value = parsed(text);
          readable(value, (piece) => read.say(piece));
          body.replaceChildren(code(pretty(text)));
          if (read.isEmpty) {
            panes.buttons[0].hidden = true;
            panes.choose(1);
          }
        },
        finished() {
          if (read.isEmpty && count) panes.choose(1);
          if (hasFailed && count) outcome.append(el('span', {class: 'badge badge-bad'}, 'ended with an error'));
        },
        stopped(reason, isBad) {
          const badge = el('span', {class: 'badge ' + (isBad ? 'badge-bad' : 'badge-wait')}, reason);
          if (panes.view.hidden) outcome.replaceChildren(badge);
          else outcome.append(' ', badge);
        },
      };
    }

    """#
}
