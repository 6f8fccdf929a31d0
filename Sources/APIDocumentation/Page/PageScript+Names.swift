extension PageScript {
  /// Learns what this daemon offers, so that the examples work as they are.
  static let names = #"""
    // The first model and the first chatbot, by the path parameter that they stand for, once they are known.
    const offered = {};
    const fillers = [];

    // Calls it now and whenever a name has become known.
    function filledBy(filler) {
      fillers.push(filler);
      filler();
    }

    // A path beside the page's own, whichever of its paths that is.
    const beside = (name) => location.pathname.replace(/\/+$/, '').replace(/[^/]*$/, name);

    // The model that the document's examples ask.
    const exampleModel = () => operations().flatMap(({operation}) => operation.parameters ?? [])
      .find((parameter) => parameter.in === 'path' && parameter.name === 'model')?.example;

    // Without an answer the examples stay what they are.
    async function learn(name, list, member) {
      try {
        const response = await fetch(beside(list), {headers: token() ? {Authorization: 'Bearer ' + token()} : {}});
        const id = response.ok ? (await response.json())[member]?.[0]?.id : undefined;
        if (typeof id !== 'string' || !id) return;
        offered[name] = id;
      } catch {
        return;
      }
      for (const filler of fillers) filler();
    }

    // Whether this daemon answers nobody without a token: no requirement of the document is empty then.
    const asksForToken = () => !(reference.security ?? []).some((scheme) => !Object.keys(scheme).length);

    function learnNames() {
      // A refusal that is foreseen would only stand in the console.
      if (asksForToken() && !token()) return;
      learn('model', 'models', 'data');
      learn('chatbot_id', 'chatbot/list', 'chatbots');
    }

    """#
}
