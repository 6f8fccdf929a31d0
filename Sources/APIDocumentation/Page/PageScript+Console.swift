extension PageScript {
  /// Sends one operation's request from the page.
  static let console = #"""
    const token = () => byId('token').value.trim();

    function parameterFields(parameters) {
      return parameters.map((parameter) => {
        const id = `in-${(parameterFields.count = (parameterFields.count ?? 0) + 1)}`;
        const values = (resolved(parameter.schema).enum ?? []).filter((value) => value !== null);
        const input = values.length
          ? el('select', {id}, el('option', {value: ''}, 'not sent'), values.map((value) => el('option', {value}, value)))
          : el('input', {
            id, type: 'text', autocomplete: 'off', spellcheck: 'false', required: parameter.required,
            placeholder: parameter.required ? undefined : 'not sent',
          });
        let filled = input.value;
        if (parameter.required) {
          filledBy(() => {
            if (input.value === filled) filled = input.value = offered[parameter.name] ?? parameter.example ?? '';
          });
        }
        const view = el('div', {class: 'field'},
          el('label', {for: id}, el('code', null, parameter.name), ' ', el('span', {class: 'kind'}, parameter.in)),
          input);
        return {parameter, input, view};
      });
    }

    const body = (operation) => operation.requestBody?.content?.['application/json'];

    function bodyEditor(operation) {
      const examples = Object.entries(body(operation)?.examples ?? {});
      if (!examples.length) return null;
      function text(at) {
        const {value} = examples[at][1];
        const isStandIn = offered.model && value.model === exampleModel();
        return JSON.stringify(isStandIn ? {...value, model: offered.model} : value, null, 2);
      }
      const hint = el('p', {class: 'hint', id: 'hint-' + operation.operationId});
      const area = el('textarea', {
        id: 'body-' + operation.operationId, spellcheck: 'false', autocapitalize: 'off', wrap: 'off',
        'aria-describedby': hint.id, oninput: look,
      });
      const choice = el('select', {onchange: () => fill(choice.selectedIndex)},
        examples.map(([name, example], at) => el('option', {value: at}, example.summary ?? name)));
      function fill(at) {
        area.value = text(at);
        area.rows = Math.min(24, Math.max(4, area.value.split('\n').length + 1));
        look();
      }
      function look() {
        let fault = '';
        try { JSON.parse(area.value); } catch (error) { fault = error.message; }
        hint.textContent = fault && 'Not JSON: ' + fault;
        area.classList.toggle('faulty', Boolean(fault));
        // None is chosen while the text is nobody's but the user's.
        choice.selectedIndex = examples.findIndex((_, at) => area.value === text(at));
      }
      // A select begins with its first option.
      filledBy(() => { if (choice.selectedIndex >= 0) fill(choice.selectedIndex); });
      const view = el('div', {class: 'field'},
        el('div', {class: 'field-head'}, el('label', {for: area.id}, 'Body'),
          examples.length > 1 && el('label', {class: 'choice'}, 'Example', choice)), area, hint);
      return {view, text: () => area.value};
    }

    // What is to be sent, from the fields as they are now.
    function requestOf(method, pattern, fields, editor) {
      let target = pattern;
      const query = new URLSearchParams();
      const headers = {};
      for (const {parameter, input} of fields) {
        const value = input.value.trim();
        if (parameter.in === 'path') target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
        else if (value && parameter.in === 'query') query.set(parameter.name, value);
        else if (value) headers[parameter.name] = value;
      }
      if (editor) headers['Content-Type'] = 'application/json';
      const suffix = query.size ? '?' + query : '';
      return {method: method.toUpperCase(), url: location.origin + target + suffix, headers, body: editor?.text()};
    }

    const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

    // The token stays out of it: what is copied ends up in shell histories.
    function curl(request) {
      const parts = ['curl ' + (parsed(request.body ?? '')?.stream ? '-N ' : '') + quoted(request.url)];
      if (token()) parts.push('-H "Authorization: Bearer $NOMYO_API_KEY"');
      for (const [name, value] of Object.entries(request.headers)) parts.push('-H ' + quoted(`${name}: ${value}`));
      if (request.body !== undefined) parts.push('-d ' + quoted(request.body));
      return parts.join(' \\\n  ');
    }

    // Sends the request and feeds what arrives to the view; ends when the answer has ended.
    async function exchange(request, view, signal, start) {
      const headers = {...request.headers};
      if (token()) headers.Authorization = 'Bearer ' + token();
      const response = await fetch(request.url, {method: request.method, headers, body: request.body, signal});
      view.began(response);
      const type = (response.headers.get('content-type') ?? '').split(';')[0].trim();
      const reader = {'text/event-stream': eventReader, 'application/x-ndjson': lineReader}[type]
        ?.((name, data) => view.event(name, data, performance.now() - start));
      if (reader) view.isStream();
      let text = '';
      let size = 0;
      const decoder = new TextDecoder();
      const pieces = response.body?.getReader();
      for (let piece = await pieces?.read(); piece && !piece.done; piece = await pieces.read()) {
        size += piece.value.length;
        const more = decoder.decode(piece.value, {stream: true});
        if (reader) reader(more);
        else text += more;
      }
      if (reader) reader('\n');
      else view.whole(text);
      view.finished();
      view.view.scrollIntoView({block: 'nearest'});
      return size;
    }

    function consoleView(method, pattern, operation) {
      const fields = parameterFields(operation.parameters ?? []);
      const [needed, others] = [true, false].map((isNeeded) =>
        fields.filter(({parameter}) => Boolean(parameter.required) === isNeeded));
      const editor = bodyEditor(operation);
      const place = el('div');
      let running = null;
      const send = el('button', {type: 'button', class: 'primary', onclick: run}, 'Send request');
      const cancel = el('button', {type: 'button', disabled: true, onclick: () => running?.abort()}, 'Cancel');
      const asCurl = el('button', {type: 'button', onclick: copyCurl}, 'Copy as curl');
      const said = el('span', {class: 'hidden', role: 'status'});
      const request = () => requestOf(method, pattern, fields, editor);

      async function copyCurl() {
        const text = curl(request());
        const done = await copied(text);
        asCurl.textContent = done ? 'Copied' : 'Copy as curl';
        said.textContent = done ? 'Copied' : '';
        if (!done) place.replaceChildren(code(text));
        setTimeout(() => { asCurl.textContent = 'Copy as curl'; }, 1600);
      }

      async function run() {
        if (running) return;
        const empty = fields.find(({parameter, input}) => parameter.in === 'path' && !input.value.trim());
        if (empty) return empty.input.focus();
        const isOpen = operation.security?.length === 0;
        if (asksForToken() && !isOpen && !byId('token').reportValidity()) return;
        const own = running = new AbortController();
        const view = answerView();
        const start = performance.now();
        const tick = setInterval(() => { view.clock.textContent = seconds(performance.now() - start); }, 100);
        place.replaceChildren(view.view);
        view.waiting();
        view.view.scrollIntoView({block: 'nearest'});
        send.setAttribute('aria-disabled', 'true');
        cancel.disabled = false;
        try {
          const size = await exchange(request(), view, own.signal, start);
          view.clock.textContent = `${seconds(performance.now() - start)} · ${bytes(size)}`;
        } catch (error) {
          view.clock.textContent = seconds(performance.now() - start);
          if (own.signal.aborted) view.stopped('Cancelled', false);
          else view.stopped(error instanceof TypeError ? 'The connection broke' : String(error), true);
        } finally {
          clearInterval(tick);
          running = null;
          send.removeAttribute('aria-disabled');
          if (document.activeElement === cancel) send.focus();
          cancel.disabled = true;
        }
      }

      return el('section', {
        class: 'console', 'aria-label': 'Try it',
        onkeydown: (event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
          if (event.key === 'Escape') running?.abort();
        },
      },
      el('h2', null, 'Try it'), needed.map(({view}) => view), editor?.view,
      others.length > 0 && el('details', null, el('summary', null, 'Headers and query'), others.map(({view}) => view)),
      el('div', {class: 'actions'}, send, cancel, asCurl, said),
      editor && el('p', {class: 'keys'}, el('kbd', null, 'Ctrl'), ' ', el('kbd', null, 'Enter'), ' sends, ',
        el('kbd', null, 'Esc'), ' cancels'),
      place);
    }

    """#
}
