extension PageScript {
  /// The list of routes, the overview, a view for each operation, and which of them is shown.
  static let chapters = #"""
    const operations = () => Object.entries(reference.paths).flatMap(([pattern, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({pattern, method, operation})));

    const ofTag = (tag) => operations().filter(({operation}) => operation.tags.includes(tag.name));

    function navigation() {
      return reference.tags.map((tag) => el('section', null,
        el('h2', null, tag.name),
        el('ul', null, ofTag(tag).map(({pattern, method, operation}) => el('li', null,
          el('a', {href: '#' + operation.operationId, 'data-find': `${method} ${pattern} ${operation.summary}`.toLowerCase()},
            el('span', {class: 'route-name'}, operation.summary),
            el('span', {class: 'route-path'}, verb(method), ' ', path(pattern))))))));
    }

    function overview() {
      const bases = [
        ['OpenAI', 'OPENAI_BASE_URL', location.origin + '/v1'],
        ['Anthropic', 'ANTHROPIC_BASE_URL', location.origin],
        ['Ollama', 'OLLAMA_HOST', location.origin],
        ['Enclava', 'base URL', location.origin + '/api/v1'],
      ];
      return el('article', {class: 'overview'},
        el('h1', null, 'API reference'),
        el('div', {class: 'lead'}, prose(reference.info.description)),
        asksForToken() && el('section', {class: 'asks'}, el('h2', null, 'This daemon asks for a token'),
          el('p', {class: 'said'}, inline('Put one into the field above to try the routes; it stays in this page. Tools '
            + 'take it in place of an API key. `nomyo-proxy tokens new NAME`, where the daemon runs, makes one.'))),
        el('section', null, el('h2', null, 'Point a tool here'),
          el('table', {class: 'bases'}, el('tbody', null, bases.map(([name, variable, url]) => el('tr', null,
            el('th', {scope: 'row'}, name), el('td', null, el('code', null, variable)),
            el('td', null, el('code', null, url)),
            el('td', null, copyButton(`Copy the base URL for ${name}`, () => url))))))),
        reference.tags.map((tag) => el('section', null,
          el('h2', null, tag.name), el('p', {class: 'said'}, inline(tag.description)),
          el('ul', {class: 'index'}, ofTag(tag).map(({pattern, method, operation}) => el('li', null,
            el('a', {href: '#' + operation.operationId}, verb(method), el('code', null, path(pattern)),
              el('span', null, operation.summary))))))));
    }

    function parameterList(parameters) {
      return el('ul', {class: 'members'}, parameters.map((parameter) => el('li', null,
        el('div', {class: 'member'}, el('code', {class: 'member-name'}, parameter.name),
          el('span', {class: 'kind'}, `${kind(parameter.schema)} in ${parameter.in}`),
          parameter.required && el('span', {class: 'required'}, 'required')),
        el('p', {class: 'said'}, inline(parameter.description)),
        bounds(parameter.schema).map((limit) => el('p', {class: 'said limit'}, limit)))));
    }

    function contentView([type, content]) {
      const example = content.example;
      const text = typeof example === 'string' ? example.trimEnd() : JSON.stringify(example, null, 2);
      return el('details', {class: 'content', open: type === 'application/json'},
        el('summary', null, el('code', null, type)), schemaView(content.schema),
        example !== undefined && [el('h4', null, 'Example'), code(text)]);
    }

    function responsesView(responses) {
      const all = Object.entries(responses).map(([status, response]) => [status, resolved(response)]);
      const good = all.filter(([status]) => status === '200');
      const bad = all.filter(([status]) => status !== '200');
      const shape = bad[0]?.[1].content['application/json'];
      return [
        good.map(([status, response]) => el('section', null,
          el('h2', null, 'Answer ', el('span', {class: 'badge badge-good'}, status)),
          Object.entries(response.content).map(contentView))),
        el('section', null, el('h2', null, 'Errors'),
          el('dl', {class: 'faults'}, bad.flatMap(([status, response]) =>
            [el('dt', null, status), el('dd', null, inline(response.description))])),
          shape && el('details', {class: 'content'}, el('summary', null, 'How an error looks'),
            schemaView(shape.schema), code(JSON.stringify(shape.example, null, 2)))),
      ];
    }

    const views = new Map();

    function operationView({pattern, method, operation}) {
      const url = location.origin + pattern;
      const made = body(operation);
      return el('article', {class: 'operation'},
        el('div', {class: 'text'},
          el('p', {class: 'chapter'}, operation.tags[0]),
          el('h1', null, operation.summary),
          el('p', {class: 'address'}, verb(method), el('code', null, path(pattern)),
            copyButton('Copy the URL', () => url)),
          el('div', {class: 'lead'}, prose(operation.description)),
          operation.parameters && el('section', null, el('h2', null, 'Parameters'),
            parameterList(operation.parameters)),
          made && el('section', null, el('h2', null, 'Body ', el('span', {class: 'kind'}, 'application/json')),
            schemaView(made.schema)),
          responsesView(operation.responses)),
        el('div', {class: 'side'}, consoleView(method, pattern, operation)));
    }

    // Shows what the address names. A view is kept once it is made, so what was typed and answered stays.
    function show(isFirst) {
      const name = location.hash.slice(1);
      const found = operations().find(({operation}) => operation.operationId === name);
      const key = found ? name : '';
      if (!views.has(key)) views.set(key, found ? operationView(found) : overview());
      byId('main').replaceChildren(views.get(key));
      document.title = (found ? found.operation.summary + ' · ' : '') + 'nomyo-proxy API reference';
      for (const link of byId('chapters').querySelectorAll('a')) {
        const isCurrent = link.getAttribute('href') === '#' + key;
        link.toggleAttribute('aria-current', false);
        if (isCurrent) link.setAttribute('aria-current', 'page');
        if (isCurrent) link.scrollIntoView({block: 'nearest'});
      }
      openMenu(false);
      if (isFirst) return;
      byId('main').focus({preventScroll: true});
      scrollTo(0, 0);
    }

    function openMenu(isOpen) {
      byId('routes').classList.toggle('open', isOpen);
      byId('menu').setAttribute('aria-expanded', isOpen);
    }

    function filter() {
      const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const section of byId('chapters').children) {
        for (const link of section.querySelectorAll('a')) {
          link.parentElement.hidden = !words.every((word) => link.dataset.find.includes(word));
        }
        section.hidden = !section.querySelector('li:not([hidden])');
      }
    }

    async function readiness() {
      const state = byId('state');
      try {
        const headers = token() ? {Authorization: 'Bearer ' + token()} : {};
        const answer = await (await fetch('/readyz', {headers})).json();
        const wants = answer.waiting_for ? 'Waiting for ' + answer.waiting_for.join(', ') : 'Not ready';
        state.className = 'state ' + (answer.status === 'ready' ? 'state-good' : 'state-wait');
        state.textContent = answer.status === 'ready' ? 'Ready' : wants;
        state.title = answer.reason ?? '';
      } catch {
        state.className = 'state state-bad';
        state.textContent = 'Not reachable';
      }
    }

    async function start() {
      const place = beside('openapi.json');
      try {
        const response = await fetch(place);
        if (!response.ok) throw new Error('status ' + response.status);
        reference = await response.json();
      } catch (error) {
        byId('main').replaceChildren(el('p', {class: 'loading'}, `The document ${place} could not be read: ${error.message}`));
        return;
      }
      learnNames();
      byId('token').required = asksForToken();
      if (asksForToken()) byId('token').placeholder = 'Token needed';
      byId('version').textContent = reference.info.version.replace(/^nomyo-proxy /, '');
      byId('chapters').append(...navigation());
      byId('menu').addEventListener('click', () => openMenu(!byId('routes').classList.contains('open')));
      byId('filter').addEventListener('input', filter);
      byId('token').addEventListener('change', () => {
        learnNames();
        readiness();
      });
      byId('skip').addEventListener('click', (event) => {
        event.preventDefault();
        byId('main').focus();
      });
      addEventListener('hashchange', () => show(false));
      addEventListener('keydown', (event) => {
        if (event.key !== '/' || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
        event.preventDefault();
        openMenu(true);
        byId('filter').focus();
      });
      show(true);
      readiness();
    }

    start();

    """#
}
