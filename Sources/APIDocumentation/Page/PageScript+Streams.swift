extension PageScript {
  /// Takes streams apart while they arrive, and finds the text in them, whatever the dialect.
  static let streams = #"""
    // Server-sent events out of pieces of text (WHATWG HTML section 9.2.6).
    function eventReader(each) {
      let rest = '';
      let name = '';
      let data = [];
      const line = (text) => {
        if (text === '') {
          if (data.length) each(name || 'message', data.join('\n'));
          name = '';
          data = [];
          return;
        }
        const colon = text.indexOf(':');
        if (colon === 0) return;
        const field = colon < 0 ? text : text.slice(0, colon);
        const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
        if (field === 'event') name = value;
        if (field === 'data') data.push(value);
      };
      return (text) => {
        const lines = (rest + text).split(/\r\n|\n/);
        rest = lines.pop();
        lines.forEach(line);
      };
    }

    // Newline-delimited JSON out of pieces of text.
    function lineReader(each) {
      let rest = '';
      return (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        lines.filter((line) => line.trim()).forEach((line) => each('', line));
      };
    }

    // Calls say({key, kind, text}) for everything in an answer, or in an event of one, that a person would read. `kind` is
    // text, thought, call or error; pieces with one key belong together.
    function readable(value, say) {
      if (!value || typeof value !== 'object') return;
      const piece = (key, kind, text) => { if (typeof text === 'string' && text) say({key, kind, text}); };
      const call = (key, name, given) => {
        const text = typeof given === 'object' && given ? JSON.stringify(given) : given ?? '';
        if (name) piece(key, 'call', name + ' ' + text);
        else piece(key, 'call', text);
      };
      const failure = value.error ?? value.response?.error;
      if (failure) piece('error', 'error', failure.message ?? failure);
      (value.choices ?? []).forEach((choice) => openAIChoice(choice, piece, call));
      responsesEvent(value, piece, call);
      anthropicEvent(value, piece, call);
      ollamaLine(value, piece, call);
    }

    function openAIChoice(choice, piece, call) {
      const at = choice.index ?? 0;
      piece('text' + at, 'text', choice.text);
      const said = choice.delta ?? choice.message ?? {};
      piece('thought' + at, 'thought', said.reasoning_content ?? said.reasoning);
      piece('text' + at, 'text', said.content);
      piece('refusal' + at, 'text', said.refusal);
      (said.tool_calls ?? []).forEach((each, place) =>
        call(`call${at}.${each.index ?? place}`, each.function?.name, each.function?.arguments));
    }

    function responsesEvent(value, piece, call) {
      const key = value.item_id;
      if (value.type === 'response.output_text.delta') piece(key, 'text', value.delta);
      if (/^response\.reasoning.*\.delta$/.test(value.type)) piece(key, 'thought', value.delta);
      if (value.type === 'response.output_item.added' && value.item?.name) call(value.item.id, value.item.name, '');
      if (/^response\.(function_call_arguments|custom_tool_call_input)\.delta$/.test(value.type)) {
        piece(key, 'call', value.delta);
      }
      if (value.object !== 'response') return;
      (value.output ?? []).forEach((item, at) => {
        if (item.name) call('item' + at, item.name, item.arguments ?? item.input);
        [...(item.summary ?? []), ...(item.type === 'reasoning' ? item.content ?? [] : [])]
          .forEach((part) => piece('thought' + at, 'thought', part.text));
        if (item.type === 'message') item.content.forEach((part) => piece('item' + at, 'text', part.text ?? part.refusal));
      });
    }

    function anthropicEvent(value, piece, call) {
      const block = (part, key) => {
        piece(key, 'text', part.text);
        piece(key, 'thought', part.thinking);
        if (part.type === 'tool_use') call(key, part.name, Object.keys(part.input ?? {}).length ? part.input : '');
      };
      if (value.type === 'content_block_start') block(value.content_block ?? {}, 'block' + value.index);
      if (value.type === 'content_block_delta') {
        block(value.delta ?? {}, 'block' + value.index);
        piece('block' + value.index, 'call', value.delta?.partial_json);
      }
      if (value.type === 'message') (value.content ?? []).forEach((part, at) => block(part, 'block' + at));
    }

    function ollamaLine(value, piece, call) {
      if (typeof value.done === 'boolean') {
        piece('thought', 'thought', value.thinking ?? value.message?.thinking);
        piece('text', 'text', value.response ?? value.message?.content);
        (value.message?.tool_calls ?? []).forEach((each, at) =>
          call('call' + (each.function?.index ?? at), each.function?.name, each.function?.arguments));
      } else if (value.conversation_id) {
        piece('text', 'text', value.response);
      }
    }

    """#
}
